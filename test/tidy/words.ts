import { type Findings, places, type TextFile } from "./files.ts";

/** Words of unfinished work, in pieces so that this file does not hold them. */
const UNFINISHED = [["to", "do"], ["fix", "me"], ["xx", "x"], ["for", " now"], ["place", "holder"], ["st", "ub"], ["st", "ubbed"], ["not", " implemented"], ["not yet", " implemented"], ["coming", " soon"], ["later", " issue"]]
  .map((parts) => parts.join(""))
  .join("|");

export function unfinishedFindings(files: readonly TextFile[]): Findings {
  return files.flatMap((file) => places(file, file.text, new RegExp(String.raw`\b(?:${UNFINISHED})s?\b`, "gi"), "finish it, or leave it out"));
}

/** Where packages come from is a matter of the machine, and so are its folders. */
const HOSTS = /https?:\/\/[^\s/"'`)]*(?:registry|npmjs|verdaccio|artifactory|nexus)[^\s"'`)]*/gi;
const FOLDERS = /(?<![\w.~}/*-])\/(?:work|root|Users|home(?!\/node\b))\/[\w.-]/g;

export function machineFindings(files: readonly TextFile[]): Findings {
  return files.flatMap((file) => [
    ...places(file, file.text, HOSTS, "names a package registry"),
    ...places(file, file.text, FOLDERS, "names a folder of one machine"),
  ]);
}
