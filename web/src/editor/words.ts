import { counted, listed } from "../lib/words";
import type { Migration } from "../lib/schema";
import type { Edit } from "../lib/wire";

/** An edit for the list of what was done. Things go by their keys, which no edit changes. */
export function editInWords(edit: Edit): string {
  switch (edit.op) {
    case "rename":
      return edit.name === null ? `${edit.key} has no name` : `${edit.key} is called ${edit.name}`;
    case "renumber": {
      const by = edit.step === 1 ? "" : ` by ${edit.step}`;
      return `${listed(edit.keys)}: numbers from ${edit.start}${by}${edit.reverse ? ", from the other end" : ""}`;
    }
    case "zone":
      return `Zone ${edit.name}${edit.ticket_type ? `, sold as ${edit.ticket_type}` : ""}`;
    case "assign":
      return edit.zone === null ? `${listed(edit.keys)}: no zone` : `${listed(edit.keys)}: zone ${edit.zone}`;
    case "capacity":
      return `${edit.key}: ${counted(edit.places, "place")}`;
    case "access":
      return `${listed(edit.keys)}: ${accessInWords(edit)}`;
    case "remove":
      return `${listed(edit.keys)} removed`;
    case "focal":
      return edit.at === null ? "Focal point: the stage" : "Focal point set";
  }
}

function accessInWords({ accessible, companion, restricted_view }: Extract<Edit, { op: "access" }>): string {
  const marks = { "wheelchair accessible": accessible, companion, "restricted view": restricted_view };
  return Object.entries(marks)
    .filter(([, value]) => value != null)
    .map(([name, value]) => (value ? name : `not ${name}`))
    .join(", ");
}

/** What a step to another version changes for an event. */
export function changesInWords({ seats_added, seats_removed, seats_renamed, areas_changed }: Migration): string {
  const parts = [
    seats_added > 0 && `${counted(seats_added, "seat")} more`,
    seats_removed > 0 && `${counted(seats_removed, "seat")} gone`,
    seats_renamed > 0 && `${counted(seats_renamed, "seat")} renamed`,
    areas_changed > 0 && `${counted(areas_changed, "standing area")} changed`,
  ].filter(Boolean);
  return parts.length > 0 ? `${parts.join(", ")}.` : "No seat changes.";
}

const REASONS: Record<string, string> = {
  removed: "is not in the new version",
  table_changed: "stands at a table that changes",
  price_changed: "would have another price",
  capacity: "would have too few places",
};

/** What hinders an event's step to another version, one sentence each. */
export function hindrancesInWords({ in_the_way }: Migration): string[] {
  return [
    ...in_the_way.seats.map(({ label, status, reason }) => `${label} is ${status} and ${REASONS[reason] ?? reason}.`),
    ...in_the_way.areas.map(({ name, used, capacity, reason }) =>
      reason === "capacity" ? `${name} has ${used} places taken, and would have ${capacity}.` : `${name} ${REASONS[reason] ?? reason}.`,
    ),
  ];
}
