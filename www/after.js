// What is needed only once there is a first picture: what flies and whether it is news, the marks that events leave on the
// stage, who tells what the events mean, the strip of the run so far; and what only saves work or finds mistakes. Fetched
// then, so that the first picture does not wait for it.

export { misspelt } from './misspelt.js';
export { Watch } from './news.js';
export { Sentences } from './panels/sentences.js';
export { Story } from './panels/story.js';
export { Timeline } from './panels/timeline.js';
export { drawMarks } from './stage/draw-marks.js';
export { drawFlights } from './stage/flights.js';
export { createMarks } from './stage/marks.js';
export { drawSheet } from './stage/sheet.js';
