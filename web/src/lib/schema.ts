// Written from the API's OpenAPI document by `make types`. Not to be edited.
// Money is integer minor units of its currency; moments are RFC 3339.

/** Of seats, by themselves or all of a section, row or table; what is null stays as it is. */
export interface Access {
  op: "access";
  keys: string[];
  accessible?: boolean | null;
  companion?: boolean | null;
  restricted_view?: boolean | null;
}

/** The answer to a door: come in. */
export interface Admission {
  result: "admitted" | "duplicate" | "refused";
  scan_id: string;
  label: string;
  name: string;
  gate: string;
  scanned_at: string;
}

/** `used`: held, sold and blocked places; `capacity`: as it would be. */
export interface AreaInTheWay {
  key: string;
  name: string;
  used: number;
  capacity: number;
  reason: "capacity" | "price_changed" | "removed" | "table_changed";
}

export interface AreaShape {
  key: string;
  name: string | null;
  zone: number;
  section: number | null;
  outline: number[];
  at: [number, number];
  capacity: number;
}

/** Sections with all in them, rows, tables, areas, seats: they are of this zone. */
export interface Assign {
  op: "assign";
  keys: string[];
  zone: string | null;
}

/** One change. `actor`: `operator:<user id>`, `api_key:<id>`, `staff:<user id>` and the like; `action`: `noun.verb`; `subject`: `kind:id` of what was changed; `data`: its facts, for a change of values `{"before": ..., "after": ...}`; `request_id`: as in the answer's X-Request-ID. */
export interface AuditEntry {
  id: number;
  occurred_at: string;
  actor: string;
  action: string;
  subject: string;
  data: Record<string, unknown>;
  request_id: string;
}

/** Newest first. */
export interface AuditPage {
  items: AuditEntry[];
  next_token: string | null;
}

/** `since` and `until`: moments with an offset, from the first on and before the second. */
export interface AuditQuery {
  page_size?: number;
  next_token?: string | null;
  subject?: string | null;
  actor?: string | null;
  since?: string | null;
  until?: string | null;
}

/** Seats side by side, chosen by the server. `zone`: its key, null for any; `price_max_minor`: what a seat may cost; `access`: the bits that the seats may have (1 accessible, 2 companion, 4 restricted view). */
export interface BestWish {
  quantity: number;
  zone?: string | null;
  price_max_minor?: number | null;
  access?: number;
}

/** Seats, and so many places of standing areas, to take off sale or to put back on it. `legs`: of a trip, on all of them; the whole trip where left out. */
export interface BlockRequest {
  seats?: number[];
  pools?: PoolWish[];
  legs?: [number, number] | null;
}

/** What is blocked, on every leg, at the event's version `version`. */
export interface BlockedPlaces {
  event_id: string;
  version: number;
  seats: number[];
  pools: PoolWish[];
}

/** Of a standing area, or the chairs of a table. */
export interface Capacity {
  op: "capacity";
  key: string;
  places: number;
}

/** What a buyer says to turn a hold into an order. */
export interface CheckoutRequest {
  hold_id: string;
  email: string;
  name: string;
  provider?: string;
}

/** `redirect_url`: the provider's page; our own order page where there is nothing to pay. */
export interface CheckoutStarted {
  order: OrderView;
  redirect_url: string;
}

/** `places`: seats, and the places of standing areas as far as they are known. */
export interface Counts {
  sections: number;
  rows: number;
  tables: number;
  seats: number;
  areas: number;
  zones: number;
  places: number;
}

/** A map as it would be published now. Its seat indexes mean something only in here. `seat_keys`, `row_keys`: as `geometry.seats` and `geometry.rows`, null for single seats; `unknown_capacities`: areas of which nobody knows it, where the geometry says 0; `doubtful`: [seat, confidence] of seats that were inferred, and not surely. */
export interface Draft {
  revision: number;
  geometry: Geometry;
  seat_keys: string[];
  row_keys: (string | null)[];
  unknown_capacities: string[];
  doubtful: [number, number][];
}

export interface DrawingInfo {
  name: string;
  bytes: number;
  sha256: string;
}

/** Words in a drawing and what they name. `key`: of that, null for text that names nothing; `x`, `y`: drawing units. */
export interface DrawingLabel {
  text: string;
  x: number;
  y: number;
  kind: string;
  key: string | null;
}

/** `name`: the file's. */
export interface DrawingQuery {
  revision: number;
  name?: string;
}

export interface EditList {
  revision: number;
  edits: (Rename | Renumber | SetZone | Assign | Capacity | Access | Remove | Focal)[];
}

export interface Edits {
  edits: (Rename | Renumber | SetZone | Assign | Capacity | Access | Remove | Focal)[];
}

/** An event as everybody may see it. Prices are in minor units of `currency`. Places that one buyer may have: `seats_per_hold_max` in a hold, `seats_per_order_max` in an order, `seats_per_buyer_max` in all; null for no such limit. `legs`: parts of a trip that a seat is sold for, 1 for an event at one place. `has_waiting_room`: holds take a pass now (PUT .../turn). */
export interface Event {
  id: string;
  org_id: string;
  slug: string;
  name: string;
  summary: string;
  status: "archived" | "draft" | "published";
  is_on_sale: boolean;
  starts_at: string;
  timezone: string;
  venue: Venue;
  currency: string;
  currency_exponent: number;
  hold_ttl_s: number;
  seats_per_hold_max: number;
  seats_per_order_max: number | null;
  seats_per_buyer_max: number | null;
  orphan_rule: "lenient" | "off" | "strict";
  legs: number;
  has_waiting_room: boolean;
  map_id: string;
  map_url: string;
  seats_total: number;
  zones: ZonePrice[];
  pools: PoolOffer[];
  tables: TableMode[];
}

/** An event and the version of the map that it is pinned to. */
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

/** The event is on sale from now on, at `/e/{slug}`. */
export interface EventOpened {
  id: string;
  slug: string;
}

export interface EventPage {
  items: EventSummary[];
  next_token: string | null;
}

export interface EventQuery {
  page_size?: number;
  next_token?: string | null;
}

export interface EventSummary {
  id: string;
  org_id: string;
  slug: string;
  name: string;
  summary: string;
  starts_at: string;
  timezone: string;
  venue: Venue;
  currency: string;
  price_from_minor: number;
}

/** `version_id`: of a map of the organization; `prices_minor`: by key, of each of its zones, in minor units of `currency`; `timezone`: IANA's name; `slug`: the event's address, made of name and day where it is left out. */
export interface EventWish {
  version_id: string;
  name: string;
  starts_at: string;
  timezone: string;
  currency: string;
  prices_minor: Record<string, number>;
  summary?: string;
  slug?: string | null;
  hold_ttl_s?: number;
  seats_per_hold_max?: number;
  seats_per_order_max?: number | null;
  seats_per_buyer_max?: number | null;
  orphan_rule?: "lenient" | "off" | "strict";
}

export interface EventsOnMap {
  items: EventOnMap[];
}

/** `count` of such things; `keys`: of the first KEYS_TOLD_MAX of them. */
export interface Finding {
  code: string;
  detail: string;
  count: number;
  keys: string[];
}

/** Where everybody looks, in drawing units; null for the stage, as it is drawn. */
export interface Focal {
  op: "focal";
  at: [number, number] | null;
}

/** `focal`: where everybody looks; null for the stage, as it is drawn. */
export interface Geometry {
  id: string;
  scale: number;
  box: [number, number, number, number];
  zones: ZoneShape[];
  sections: SectionShape[];
  rows: RowShape[];
  tables: TableShape[];
  areas: AreaShape[];
  landmarks: LandmarkShape[];
  labels: LabelShape[];
  seats: SeatColumns;
  focal: [number, number] | null;
}

export interface GuestToken {
  token: string;
  buyer_id: string;
  expires_at: string;
}

export interface HeldPool {
  pool_id: string;
  name: string;
  quantity: number;
  price_minor: number;
}

export interface HeldSeat {
  idx: number;
  label: string;
  section: string | null;
  row: string | null;
  number: string;
  price_minor: number;
}

/** Add, remove and extend in one all-or-nothing act; removing pool places removes `quantity`. */
export interface HoldChange {
  add?: Selection;
  remove?: Selection;
  extend?: boolean;
}

export interface HoldPage {
  items: HoldView[];
  next_token: string | null;
}

/** Places by name, or the best seats available, or both. `legs`: of a trip, every place is held on all of them; the whole trip where left out. `alternative`: if seats named here are taken, hold the nearest equal ones for a short time. */
export interface HoldRequest {
  seats?: number[];
  pools?: PoolWish[];
  best?: BestWish | null;
  legs?: [number, number] | null;
  alternative?: boolean;
}

/** A hold as its buyer sees it. `price_minor` is per place; count down from `server_time`. */
export interface HoldView {
  id: string;
  event_id: string;
  status: "active" | "converted" | "expired" | "released";
  seats: HeldSeat[];
  pools: HeldPool[];
  legs: [number, number];
  total_minor: number;
  currency: string;
  created_at: string;
  expires_at: string;
  extendable_until: string;
  server_time: string;
  version: number;
}

/** At most SEATS_TOLD_MAX seats; `zones`: new ones without a price. */
export interface InTheWay {
  seats: SeatInTheWay[];
  areas: AreaInTheWay[];
  zones: string[];
}

export interface LabelShape {
  text: string;
  at: [number, number];
  size: number;
}

/** `is_complete`: false where there were more than are told. */
export interface Labels {
  type: "Labels";
  labels: DrawingLabel[];
  is_complete: boolean;
}

export interface LandmarkShape {
  name: string;
  kind: string;
  outline: number[] | null;
  at: [number, number];
}

/** `screens`: streams of this event now; all else is of the whole deployment: `connections` now, and since `window_s` ago what was delivered. `lag_p50_ms`, `lag_p99_ms`: from the publication of a change, right after its commit, until it was written to the last socket that took it; rounded up, null while nothing changed. `degraded`: some process cannot hear of changes at once. `complete`: false while only the process that answers is known. */
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

export interface Login {
  email: string;
  password: string;
}

export interface MapLine {
  id: string;
  name: string;
  venue: VenueLine;
  revision: number;
  updated_at: string;
  latest: MapVersion | null;
}

/** Last changed first. */
export interface MapPage {
  items: MapLine[];
  next_token: string | null;
}

/** `v`: the map version that the event names; with it the answer may be kept for ever. */
export interface MapQuery {
  v?: string | null;
}

/** Immutable. `seats`: those that are there; an event's `map_id` is a version's id. */
export interface MapVersion {
  id: string;
  map_id: string;
  version: number;
  published_at: string;
  digest: string;
  seats: number;
  geometry_url: string;
}

/** A map and its draft. `revision` rises with each change of the draft; `edits`: how many; `counts` and `report` are of the draft with its edits; `is_changed`: against `latest`. */
export interface MapView {
  id: string;
  name: string;
  venue: VenueLine;
  revision: number;
  created_at: string;
  updated_at: string;
  drawing: DrawingInfo | null;
  mapping: string | null;
  edits: number;
  counts: Counts | null;
  report: Report;
  latest: MapVersion | null;
  is_changed: boolean;
}

export interface Membership {
  org_id: string;
  name: string;
  role: string;
}

/** What moving an event to another version of its map does, and what is in the way. `seats_renamed`: so many have another name then; tickets keep the name they were sold with. `version`: the event's, once it has moved. */
export interface Migration {
  event_id: string;
  from: MapVersion;
  to: MapVersion;
  is_possible: boolean;
  in_the_way: InTheWay;
  seats_added: number;
  seats_removed: number;
  seats_renamed: number;
  areas_changed: number;
  version: number | null;
}

/** `to`: the version's id. */
export interface MigrationQuery {
  to: string;
}

/** `to`: a newer version of the event's map. `prices_minor`: by key, of zones that are new. */
export interface MigrationWish {
  to: string;
  prices_minor?: Record<string, number>;
}

/** Of a venue that is there, or of a new one: exactly one of the two. */
export interface NewMap {
  name: string;
  venue_id?: string | null;
  venue?: NewVenue | null;
}

/** TOML or JSON, as docs/seatmap.md has it; null for none. */
export interface NewMapping {
  mapping: string | null;
}

/** `country`: ISO 3166 alpha-2. */
export interface NewVenue {
  name: string;
  city: string;
  country: string;
}

export interface OperatorToken {
  token: string;
  expires_at: string;
  orgs: Membership[];
}

/** A seat, or `quantity` places of a standing area, on each leg from `leg_first` to `leg_last`. `live`: paid for and not refunded. */
export interface OrderLine {
  id: string;
  seat_idx: number | null;
  pool_id: string | null;
  leg_first: number;
  leg_last: number;
  quantity: number;
  label: string;
  section: string;
  unit_price_minor: number;
  total_minor: number;
  live: boolean;
}

export interface OrderView {
  id: string;
  event_id: string;
  hold_id: string;
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  email: string;
  name: string;
  currency: string;
  total_minor: number;
  note: string | null;
  created_at: string;
  expires_at: string;
  confirmed_at: string | null;
  lines: OrderLine[];
  payment: PaymentView | null;
}

export interface OrderWithTickets {
  id: string;
  event_id: string;
  hold_id: string;
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  email: string;
  name: string;
  currency: string;
  total_minor: number;
  note: string | null;
  created_at: string;
  expires_at: string;
  confirmed_at: string | null;
  lines: OrderLine[];
  payment: PaymentView | null;
  tickets: TicketView[];
}

export interface PageQuery {
  page_size?: number;
  next_token?: string | null;
}

export interface PaymentView {
  provider: string;
  status: string;
  redirect_url: string | null;
}

/** What was blocked or unblocked, by the event's version `version`: seats that were so already are left out. */
export interface PlacesChanged {
  event_id: string;
  version: number;
  seats: number[];
  pools: PoolWish[];
  legs: [number, number];
}

/** A standing area as this event sells it; `idx`: its place among the map's areas. One that the map does not have any more has no places: `capacity` is 0. */
export interface PoolOffer {
  id: string;
  idx: number;
  key: string;
  name: string;
  zone: number;
  capacity: number;
  price_minor: number;
}

export interface PoolWish {
  pool_id: string;
  quantity: number;
}

/** RFC 9457 problem; further members carry the facts of the case. */
export interface Problem {
  /** Names the problem; the same for each of its kind. */
  type: string;
  title: string;
  status: number;
  /** What was wrong and what to do. */
  detail: string;
  request_id?: string;
}

export interface Received {
  received: boolean;
}

/** Sections with all in them, rows, tables, areas, seats: they are not in the map. */
export interface Remove {
  op: "remove";
  keys: string[];
}

/** Of a section, row, table, area or seat; null where it has no name. */
export interface Rename {
  op: "rename";
  key: string;
  name: string | null;
}

/** The seats of these rows and tables, one after the other; `reverse`: from the other end. */
export interface Renumber {
  op: "renumber";
  keys: string[];
  start?: number | string;
  step?: number;
  reverse?: boolean;
}

/** `errors` hinder publishing, `warnings` do not. */
export interface Report {
  errors: Finding[];
  warnings: Finding[];
}

/** `revision`: the draft's, as the caller knows it. */
export interface RevisionQuery {
  revision: number;
}

/** `per_minute`: how many are let in a minute, evenly; `at_once_max`: how many may be inside at a time; one of them, or both. `pass_ttl_s`: how long one may choose places, from the moment of being let in. */
export interface RoomWish {
  is_on: boolean;
  per_minute?: number | null;
  at_once_max?: number | null;
  pass_ttl_s?: number;
}

export interface RowShape {
  section: number | null;
  name: string | null;
  seats: [number, number];
  numbers: (string | number)[];
}

/** `token`: what the QR code said; `gate`: the name of this door. */
export interface ScanRequest {
  token: string;
  gate?: string;
}

/** `x`, `y`: first value, then differences; `r`, `zone`: runs of [count, value]; `access`: [seat, bits] where not 0 (1 accessible, 2 companion, 4 restricted view); `removed`: ranges of seats that former versions had. They are nowhere and never for sale. */
export interface SeatColumns {
  n: number;
  x: number[];
  y: number[];
  r: [number, number][];
  zone: [number, number][];
  access: [number, number][];
  removed: [number, number][];
}

/** `label`, `key`: as the event's map has it now. */
export interface SeatInTheWay {
  idx: number;
  key: string;
  label: string;
  status: string;
  reason: "capacity" | "price_changed" | "removed" | "table_changed";
}

/** One seat for people and programs: `idx` is what a hold names, `key` is stable. */
export interface SeatItem {
  idx: number;
  key: string;
  label: string;
  section: string | null;
  row: string | null;
  number: string;
  zone: string;
  status: string;
  price_minor: number;
  access: number;
}

export interface SeatPage {
  items: SeatItem[];
  version: number;
  next_token: string | null;
}

/** The seat that an order line shall have instead of its own. */
export interface SeatWish {
  seat_idx: number;
}

export interface SeatsQuery {
  view?: "compact" | "list";
  section?: string | null;
  status?: "available" | "blocked" | "held" | "sold" | null;
  page_size?: number;
  next_token?: string | null;
}

/** `s`: two bits a seat, base64, seat i at bits 2(i mod 4) of byte i div 4; or the runs of seats that are not available, whichever is shorter. `g`: places left per pool. `m`: the version of the map that they are on; where another is drawn, the event and its map are to be read again. 0 available, 1 held, 2 sold, 3 blocked. */
export interface SeatsSnapshot {
  e: number;
  v: number;
  n: number;
  m: string;
  s: string | [number, number, number][];
  g: number[];
}

/** `seats`, `more`: its seats, in as many ranges as there are; nearly always one. */
export interface SectionShape {
  key: string;
  name: string | null;
  zone: number | null;
  outline: number[] | null;
  at: [number, number];
  seats: [number, number];
  more: [number, number][];
}

/** Seats by index, and places of standing areas. */
export interface Selection {
  seats?: number[];
  pools?: PoolWish[];
}

/** A zone of that key is there, has this name, and is sold as this ticket type. */
export interface SetZone {
  op: "zone";
  key: string;
  name: string;
  ticket_type?: string | null;
}

/** Who has a seat, on the legs from `leg_first` to `leg_last`. */
export interface SoldSeat {
  order_id: string;
  line_id: string;
  name: string;
  email: string;
  label: string;
  leg_first: number;
  leg_last: number;
}

export interface SoldSeats {
  items: SoldSeat[];
}

export interface StreamQuery {
  channel?: "queue" | "sales" | "scans" | "seats";
  since?: string | null;
}

/** How a table of the event is sold; `table_idx`: its place among the map's tables. `chairs_min` is there for the mode `at_least` only. */
export interface TableMode {
  table_idx: number;
  name: string;
  mode: "at_least" | "chairs" | "whole";
  chairs_min: number | null;
}

export interface TableShape {
  key: string;
  name: string | null;
  section: number | null;
  at: [number, number];
  r: number;
  outline: number[] | null;
  seats: [number, number];
  numbers: (string | number)[];
}

/** How a table shall be sold. `chairs_min`: for `at_least`, and only for that. */
export interface TableWish {
  mode: "at_least" | "chairs" | "whole";
  chairs_min?: number | null;
}

export interface TicketPage {
  items: TicketView[];
  next_token: string | null;
}

/** `code` opens the public page at `url`; `scan_token` is what the QR code says at the door. */
export interface TicketView {
  id: string;
  event_id: string;
  order_id: string;
  label: string;
  holder_name: string;
  status: "refunded" | "used" | "valid" | "void";
  code: string;
  url: string;
  scan_token: string;
  issued_at: string;
  used_at: string | null;
}

/** A buyer's number. `waiting`: at most `number - served_up_to - 1` are before them; `admitted`: may hold places until `pass_ends_at`; `over`: the pass has ended, was given up or used. `wait_max_s`: it takes no longer than so from `server_time` until the buyer is let in, 0 for who does not wait; the channel `queue` tells what changes it. */
export interface Turn {
  event_id: string;
  number: number;
  status: "admitted" | "over" | "waiting";
  joined_at: string;
  pass_ends_at: string | null;
  served_up_to: number;
  wait_max_s: number;
  server_time: string;
}

export interface Venue {
  name: string;
  city: string;
  country: string;
}

export interface VenueLine {
  id: string;
  name: string;
  city: string;
  country: string;
}

/** Newest first. */
export interface VersionPage {
  items: MapVersion[];
}

/** `joined`: the last number given; `served_up_to`: the last whose turn has come, so at most `joined - served_up_to` wait; `inside`: passes that have not ended; `version`: of the channel `queue`. */
export interface WaitingRoom {
  event_id: string;
  is_on: boolean;
  per_minute: number | null;
  at_once_max: number | null;
  pass_ttl_s: number;
  joined: number;
  served_up_to: number;
  inside: number;
  version: number;
}

/** What a place of this zone costs at this event. */
export interface ZonePrice {
  idx: number;
  key: string;
  name: string;
  ticket_type_id: string;
  ticket_type: string;
  price_minor: number;
}

/** `ticket_type`: what its places are called when an event first sells them. */
export interface ZoneShape {
  key: string;
  name: string;
  ticket_type: string | null;
}
