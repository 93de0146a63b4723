/** An element of XML with what is directly inside of it. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  readonly text: string;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([["lt", "<"], ["gt", ">"], ["amp", "&"], ["quot", '"'], ["apos", "'"]]);

// oxlint-disable-next-line no-control-regex -- XML forbids them
const FORBIDDEN = /[<\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;

function decode(raw: string): string {
  if (FORBIDDEN.test(raw)) throw new Error(`no character data: ${JSON.stringify(raw)}`);
  return raw.replaceAll(/&([^;]*);?/g, (whole, name: string) => {
    if (!whole.endsWith(";")) throw new Error(`a bare & in ${JSON.stringify(raw)}`);
    const value = name.startsWith("#") ? String.fromCodePoint(Number(name.slice(1))) : ENTITIES.get(name);
    if (value === undefined) throw new Error(`no entity ${whole}`);
    return value;
  });
}

/** Reads the XML that has elements, attributes and text only; throws where it is not well-formed. */
export function readXml(text: string): Element {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!text.startsWith(head)) throw new Error("no declaration");
  let at = head.length;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const sticky = new RegExp(pattern.source, "y");
    sticky.lastIndex = at;
    const found = sticky.exec(text);
    if (found !== null) at = sticky.lastIndex;
    return found;
  };
  const element = (): Element => {
    const name = take(/<([A-Za-z]+)/)?.[1];
    if (name === undefined) throw new Error(`no element at ${at}`);
    const attributes = new Map<string, string>();
    for (let found = take(/ ([A-Za-z]+)="([^"]*)"/); found !== null; found = take(/ ([A-Za-z]+)="([^"]*)"/)) {
      const [, key = "", value = ""] = found;
      if (attributes.has(key)) throw new Error(`${key} twice`);
      attributes.set(key, decode(value));
    }
    if (take(/\/>/) !== null) return { name, attributes, children: [], text: "" };
    if (take(/>/) === null) throw new Error(`no end of <${name}`);
    const children: Element[] = [];
    let inner = "";
    for (;;) {
      inner += decode(take(/[^<]*/)?.[0] ?? "");
      if (take(/<\/([A-Za-z]+)>/)?.[1] === name) return { name, attributes, children, text: inner };
      children.push(element());
    }
  };
  const root = element();
  if (text.slice(at).trim() !== "") throw new Error("text after the root");
  return root;
}
