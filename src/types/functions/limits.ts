/*
 * What the functions of the language may take in and make, so that every call ends soon whatever an event holds.
 */

/** UTF-16 units of a text that an expression makes; event bodies are of that order. Longer results are missing. */
export const MAX_TEXT = 1_000_000;

/** Items of a list that an expression makes, as many as a declared list may have. Longer results are missing. */
export const MAX_ITEMS = 1_000_000;

/** Code points of a text that is compared letter by letter: the time goes with the product of both lengths. */
export const MAX_COMPARED = 256;

/** Corners of a polygon; every one is looked at for every event. */
export const MAX_CORNERS = 1_000;

/**
 * Elements that one macro visits for one event, those of macros inside of it included. Macros end because lists do, but
 * three of them inside each other over the items of one large event would keep it busy for hours.
 */
export const MAX_STEPS = 100_000;
