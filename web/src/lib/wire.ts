/** What the API's document has no name for: edits of a map, and what the channels of a stream tell beside seats. */
import type { Admission, Edits } from "./schema";

export type Edit = Edits["edits"][number];

/** A waiting room as everybody sees it: the channel `queue`. */
export interface Line {
  is_on: boolean;
  served_up_to: number;
  per_minute: number | null;
  at_once_max: number | null;
  pass_ttl_s: number;
}

/** A buyer's number in it. */
export interface Turn {
  number: number;
  status: "waiting" | "admitted" | "over";
  served_up_to: number;
}

export interface Sales {
  currency: string;
  exponent: number;
  sections: SalesRow[];
  ticket_types: SalesRow[];
  /** Minutes in which something was sold, the newest first. */
  pace: { minute_s: number; sold: number; revenue_minor: number }[];
  totals: SalesTotals;
}
export interface SalesTotals {
  total: number;
  held: number;
  sold: number;
  revenue_minor: number;
  /** Orders that are paid for, of the checkouts that were begun. */
  orders: number;
  checkouts: number;
}
export interface SalesRow {
  key: string;
  name: string;
  /** Of a ticket type: where in the house it is sold. */
  zone?: string;
  total: number;
  held: number;
  sold: number;
  revenue_minor: number;
}

export type ScanResult = Admission["result"];
export interface Scan {
  id: string;
  result: ScanResult;
  label: string;
  name: string;
  gate: string;
  at: string;
}
export interface ScanCounts {
  admitted: number;
  duplicate: number;
  refused: number;
  tickets: number;
}
export interface GateCounts {
  gate: string;
  admitted: number;
  duplicate: number;
  refused: number;
}
export interface Scans {
  scans: Scan[];
  counts: ScanCounts;
  gates: GateCounts[];
}
