import { type Hit, HIT_KEPT } from "../compile/program.ts";
import type { Decision, RulesetDecision } from "./decision.ts";

/**
 * A decision as JSON, as answers and the log have it: what `JSON.stringify` makes of it. Most hits say the same every
 * time, so that their text is made once.
 */
export function decisionText(decision: Decision): string {
  const { id, type, eventId, version, seq, evaluatedAt, decisions, effects, degraded, replayed, traceId, durationUs, features, quality, trace } = decision;
  let text = `{"id":"${id}","type":${JSON.stringify(type)},"eventId":${JSON.stringify(eventId)},"version":${JSON.stringify(version)},"seq":${seq},"evaluatedAt":"${evaluatedAt}","decisions":{`;
  let comma = "";
  for (const name in decisions) {
    text += `${comma}${JSON.stringify(name)}:${rulesetText(decisions[name] as RulesetDecision)}`;
    comma = ",";
  }
  text += `},"effects":${listText(effects)},"degraded":${listText(degraded)},"replayed":${replayed},"traceId":${traceId === null ? "null" : `"${traceId}"`},"durationUs":${durationUs}`;
  if (features !== undefined) text += `,"features":${JSON.stringify(features)}`;
  if (quality !== undefined) text += `,"quality":${JSON.stringify(quality)}`;
  if (trace !== undefined) text += `,"trace":${JSON.stringify(trace)}`;
  return `${text}}`;
}

function rulesetText({ outcome, outcomes, score, rules }: RulesetDecision): string {
  let text = `{"outcome":${JSON.stringify(outcome)}`;
  if (outcomes !== undefined) text += `,"outcomes":${JSON.stringify(outcomes)}`;
  text += `,"score":${JSON.stringify(score)},"rules":[`;
  const { length } = rules;
  if (length === 0) return `${text}]}`;
  text += laterText(rules[0] as Hit).slice(1);
  for (let i = 1; i < length; i++) text += laterText(rules[i] as Hit);
  return `${text}]}`;
}

/** A hit as it stands behind another. */
function laterText(hit: Hit): string {
  const kept = hit[HIT_KEPT];
  return kept === undefined ? `,${JSON.stringify(hit)}` : (kept.json ??= `,${JSON.stringify(hit)}`);
}

function listText(list: readonly unknown[]): string {
  return list.length === 0 ? "[]" : JSON.stringify(list);
}
