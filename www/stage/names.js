// What brokers are called; a frame gives them as numbers, from 0.

/** @param {number} broker */
export function brokerName(broker) {
  return String.fromCharCode(65 + broker);
}
