// What is needed only once there is a first picture: who tells what the events mean, the marks they leave on the stage,
// the strip of the run so far. Fetched then, so that the first picture does not wait for it.

export { Story } from './panels/story.js';
export { Timeline } from './panels/timeline.js';
export { drawMarks } from './stage/draw-marks.js';
export { createMarks } from './stage/marks.js';
