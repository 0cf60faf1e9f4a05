/** The maps API: docs/maps.md. */
import type { WireGeometry } from "../map/geometry";

export interface MapView {
  id: string;
  name: string;
  venue: { id: string; name: string; city: string; country: string };
  revision: number;
  drawing: { name: string; bytes: number } | null;
  mapping: string | null;
  edits: number;
  counts: Counts | null;
  report: { errors: Finding[]; warnings: Finding[] };
  latest: Version | null;
  /** Does the draft differ from the latest version? */
  is_changed: boolean;
}

export interface MapLine {
  id: string;
  name: string;
  venue: MapView["venue"];
  updated_at: string;
  latest: Version | null;
}

export interface Counts {
  sections: number;
  rows: number;
  tables: number;
  seats: number;
  areas: number;
  zones: number;
  places: number;
}

/** `keys`: of the first of `count` things. */
export interface Finding {
  code: string;
  detail: string;
  count: number;
  keys: string[];
}

export interface Version {
  id: string;
  version: number;
  published_at: string;
  seats: number;
  geometry_url: string;
}

/** An event that shall be: of POST /v1/events. */
export interface EventWish {
  version_id: string;
  name: string;
  starts_at: string;
  timezone: string;
  currency: string;
  prices_minor: Record<string, number>;
}

export interface Draft {
  revision: number;
  geometry: WireGeometry & { focal: [number, number] | null };
  seat_keys: string[];
  /** As `geometry.rows`; null for single seats. */
  row_keys: (string | null)[];
  unknown_capacities: string[];
  doubtful: [seat: number, confidence: number][];
}

export type Edit =
  | { op: "rename"; key: string; name: string | null }
  | { op: "renumber"; keys: string[]; start: number | string; step: number; reverse: boolean }
  | { op: "zone"; key: string; name: string; ticket_type?: string | null }
  | { op: "assign"; keys: string[]; zone: string | null }
  | { op: "capacity"; key: string; places: number }
  | { op: "access"; keys: string[]; accessible?: Mark; companion?: Mark; restricted_view?: Mark }
  | { op: "remove"; keys: string[] }
  | { op: "focal"; at: [number, number] | null };

/** Null, or left out: as it is. */
type Mark = boolean | null;

export interface EventOnMap {
  id: string;
  name: string;
  slug: string;
  starts_at: string;
  status: string;
  version_id: string;
  version: number;
  is_latest: boolean;
}

export interface Migration {
  event_id: string;
  from: Version;
  to: Version;
  is_possible: boolean;
  in_the_way: {
    seats: { idx: number; key: string; label: string; status: string; reason: string }[];
    areas: { key: string; name: string; used: number; capacity: number; reason: string }[];
    zones: string[];
  };
  seats_added: number;
  seats_removed: number;
  seats_renamed: number;
  areas_changed: number;
  version: number | null;
}
