// What is needed only once there is a first picture: what flies, the marks that events leave on the stage, who tells what
// the events mean, the strip of the run so far. Fetched then, so that the first picture does not wait for it.

export { Story } from './panels/story.js';
export { Timeline } from './panels/timeline.js';
export { drawMarks } from './stage/draw-marks.js';
export { drawFlights } from './stage/flights.js';
export { createMarks } from './stage/marks.js';
