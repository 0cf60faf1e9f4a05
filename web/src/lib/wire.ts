/** Answers of the HTTP API that pages use. Money is integer minor units of `currency`. */
export interface EventInfo {
  id: string;
  slug: string;
  name: string;
  currency: string;
  currency_exponent: number;
  seats_per_hold_max: number;
  map_id: string;
  map_url: string;
  zones: { idx: number; key: string; name: string; price_minor: number }[];
  pools: { id: string; idx: number; name: string; zone: number | null; capacity: number; price_minor: number }[];
  ticket_types: TicketOffer[];
}
/** As what places of a zone are sold. A seat's own level goes before its section's. */
export interface TicketOffer {
  id: string;
  zone: number;
  name: string;
  is_default: boolean;
  price_minor: number;
  levels: { price_minor: number; sections: string[]; areas: string[]; seats: number[] }[];
}

export type TableRule = "chairs" | "whole" | "at_least";
export interface TableMode {
  table_idx: number;
  name: string;
  mode: TableRule;
  chairs_min: number | null;
}

/** Who has a seat. */
export interface SoldSeat {
  order_id: string;
  line_id: string;
  name: string;
  email: string;
  label: string;
  leg_first: number;
  leg_last: number;
}

export interface Hold {
  id: string;
  status: "active" | "converted" | "expired" | "released";
  expires_at: string;
  server_time: string;
  seats: { idx: number; label: string; price_minor: number }[];
  pools: { pool_id: string; name: string; quantity: number; price_minor: number }[];
  total_minor: number;
  extendable_until: string;
}

export interface Order {
  id: string;
  status: string;
  payment: { status: string } | null;
  tickets: { id: string }[];
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

/** `screens` and `connections` now, the rest of the last `window_s` seconds. */
export interface LiveHealth {
  screens: number;
  connections: number;
  processes: number;
  degraded: boolean;
  complete: boolean;
  window_s: number;
  deliveries: number;
  conflations: number;
  resyncs: number;
  snapshot_hits: number;
  snapshot_misses: number;
  lag_p50_ms: number | null;
  lag_p99_ms: number | null;
}

export type ScanResult = "admitted" | "duplicate" | "refused";
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
