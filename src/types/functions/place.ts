import { parseUnit, type Unit } from "../unit.ts";
import { BOOL, type Type } from "../type.ts";
import { Missing, type Geo } from "../value.ts";
import { MAX_CORNERS } from "./limits.ts";
import { fixed, type Builtin } from "./signature.ts";

/** Mean radius of the earth in kilometres (IUGG). */
const EARTH_RADIUS_KM = 6_371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres by the haversine formula; at most 0.5 % off the ellipsoid. */
export function haversine(a: Geo, b: Geo): number {
  const dLat = radians(b.lat - a.lat);
  const dLon = radians(b.lon - a.lon);
  const h =
    Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** The course at the first place on the great circle to the second, 0 (north) up to 360. */
function bearing(a: Geo, b: Geo): number {
  const dLon = radians(b.lon - a.lon);
  const [from, to] = [radians(a.lat), radians(b.lat)];
  const east = Math.sin(dLon) * Math.cos(to);
  const north = Math.cos(from) * Math.sin(to) - Math.sin(from) * Math.cos(to) * Math.cos(dLon);
  const degrees = (Math.atan2(east, north) * 180) / Math.PI;
  return (degrees + 360) % 360;
}

/** A longitude as seen from another: -180 up to 180 degrees. */
function eastOf(lon: number, from: number): number {
  return ((((lon - from + 180) % 360) + 360) % 360) - 180;
}

function inBox({ lat, lon }: Geo, southwest: Geo, northeast: Geo): boolean {
  if (lat < southwest.lat || lat > northeast.lat) return false;
  // A box whose west lies east of its east crosses the 180th meridian.
  return southwest.lon <= northeast.lon ? lon >= southwest.lon && lon <= northeast.lon : lon >= southwest.lon || lon <= northeast.lon;
}

const NO_POLYGON = new Missing(`a polygon has 3 to ${MAX_CORNERS.toLocaleString("en")} corners`);

/** Whether a ray to the east crosses an odd number of edges (Jordan); edges are straight lines on a map of degrees. */
function inPolygon({ lat, lon }: Geo, corners: readonly Geo[]): boolean | Missing {
  if (corners.length < 3 || corners.length > MAX_CORNERS) return NO_POLYGON;
  let inside = false;
  let before = corners[corners.length - 1] as Geo;
  for (const corner of corners) {
    if (corner.lat > lat !== before.lat > lat) {
      const start = eastOf(before.lon, lon);
      const along = (lat - before.lat) / (corner.lat - before.lat);
      if (start + along * eastOf(corner.lon, before.lon) > 0) inside = !inside;
    }
    before = corner;
  }
  return inside;
}

const NO_PLACE = new Missing("not a place on earth");

function place(lat: number, lon: number): Geo | Missing {
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : NO_PLACE;
}

const KILOMETRES: Type = { kind: "number", unit: parseUnit("km") as Unit };
const DEGREES: Type = { kind: "number", unit: parseUnit("deg") as Unit };
const GEO: Type = { kind: "geo" };

const BERLIN = "geo(52.52, 13.405)";
const PARIS = "geo(48.8566, 2.3522)";

export const placeFunctions: readonly Builtin[] = [
  fixed(
    { name: "geo", signature: "geo(latitude, longitude) → geo", doc: "a place by degrees north and east; missing beyond 90 and 180", examples: [[`${BERLIN}.lat`, "52.52"], ["geo(91, 0)", "missing: not a place on earth"]] },
    ["number", "number"],
    GEO,
    (lat, lon) => place(lat as number, lon as number),
  ),
  fixed(
    { name: "distance", signature: "distance(geo, geo) → number[km]", doc: "great-circle distance of two places; within a radius is `distance(a, b) < 5km`", examples: [[`distance(${BERLIN}, ${PARIS}) in 870km..885km`, "true"]] },
    ["geo", "geo"],
    KILOMETRES,
    (a, b) => haversine(a as Geo, b as Geo),
  ),
  fixed(
    { name: "bearing", signature: "bearing(geo, geo) → number[deg]", doc: "the course from the first place to the second, 0 (north) up to 360 degrees", examples: [["bearing(geo(0, 0), geo(0, 10))", "90"], [`bearing(${BERLIN}, ${PARIS}) in 240deg..250deg`, "true"]] },
    ["geo", "geo"],
    DEGREES,
    (a, b) => bearing(a as Geo, b as Geo),
  ),
  fixed(
    { name: "in_box", signature: "in_box(geo, southwest, northeast) → bool", doc: "whether the place lies between two corners, edges included; a box may cross the 180th meridian", examples: [[`in_box(${BERLIN}, geo(47, 5), geo(55, 15))`, "true"], ["in_box(geo(-18, 179), geo(-20, 177), geo(-12, -178))", "true"]] },
    ["geo", "geo", "geo"],
    BOOL,
    (at, southwest, northeast) => inBox(at as Geo, southwest as Geo, northeast as Geo),
  ),
  fixed(
    { name: "in_polygon", signature: "in_polygon(geo, list[geo]) → bool", doc: `whether the place lies inside of the corners, joined by straight lines on a map of degrees; a place on the line may count either way; missing unless there are 3 to ${MAX_CORNERS.toLocaleString("en")} corners`, examples: [["in_polygon(geo(1, 1), [geo(0, 0), geo(0, 4), geo(4, 0)])", "true"], ["in_polygon(geo(3, 3), [geo(0, 0), geo(0, 4), geo(4, 0)])", "false"]] },
    ["geo", "geo[]"],
    BOOL,
    (at, corners) => inPolygon(at as Geo, corners as readonly Geo[]),
  ),
];
