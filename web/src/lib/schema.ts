// Written from the API's OpenAPI document by `make types`. Not to be edited.
// Money is integer minor units of its currency; moments are RFC 3339.

/** `token`: of the link in the mail. */
export interface Acceptance {
  token: string;
}

/** Of seats, by themselves or all of a section, row or table; what is null stays as it is. */
export interface Access {
  op: "access";
  keys: string[];
  accessible?: boolean | null;
  companion?: boolean | null;
  restricted_view?: boolean | null;
}

export interface AccountView {
  id: string;
  email: string;
  name: string;
  has_mfa: boolean;
  created_at: string;
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

export interface Allocation {
  id: string;
  event_id: string;
  partner_org_id: string;
  name: string;
  seats: number[];
  pools: PoolWish[];
  created_at: string;
}

/** `partner_org_id`: who shall sell them; `name`: what both call it. */
export interface AllocationWish {
  seats?: number[];
  pools?: PoolWish[];
  name: string;
  partner_org_id: string;
}

/** Oldest first, without those that were released. */
export interface Allocations {
  items: Allocation[];
}

/** `prefix`: how the key begins, to know it by. `last_used_at`: within a minute. */
export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  permissions: string[] | null;
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

/** Newest first; of revoked ones the latest. */
export interface ApiKeys {
  items: ApiKey[];
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

/** As the directory has them. */
export interface ArtistsQuery {
  page?: string | null;
  limit?: string | null;
  q?: string | null;
  genre?: string | null;
  sort?: string | null;
  country?: string | null;
  include?: string | null;
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

export interface BillingChange {
  billing: "active" | "canceled" | "past_due" | "trial";
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

/** `display_name`: instead of the organization's. `color`: of buttons and marks, null for the platform's; `ink`: of text on it, null for black or white, whichever is easier to read. */
export interface Branding {
  display_name?: string;
  color?: string | null;
  ink?: string | null;
  support_email?: string;
}

/** Who asks, as a buyer: a guest has no account. */
export interface BuyerView {
  buyer_id: string;
  is_guest: boolean;
  account: AccountView | null;
}

/** Of a standing area, or the chairs of a table. */
export interface Capacity {
  op: "capacity";
  key: string;
  places: number;
}

/** What a buyer says to turn a hold into an order. `products`: what is bought beside places. */
export interface CheckoutRequest {
  hold_id: string;
  email: string;
  name: string;
  provider?: string;
  products?: ProductWanted[];
}

/** Where an event says nothing else. Null: no such limit. */
export interface CheckoutRules {
  hold_ttl_s?: number;
  seats_per_hold_max?: number;
  seats_per_order_max?: number | null;
  seats_per_buyer_max?: number | null;
  orphan_rule?: "lenient" | "off" | "strict";
  terms_url?: string;
  asks_marketing_consent?: boolean;
}

/** `redirect_url`: the provider's page; our own order page where there is nothing to pay. */
export interface CheckoutStarted {
  order: OrderView;
  redirect_url: string;
}

/** What a hold's places shall be sold as; those that are not named, as their zones' defaults. `access_code`: opens the ticket types that have it. */
export interface ChoiceWish {
  ticket_types: TypeChoice[];
  access_code?: string | null;
}

/** An event on which the organization works with `partner`. `role`: what it is there: the venue's owner, the promoter whose event it is, or the seller of an allocation. */
export interface Collaboration {
  event_id: string;
  name: string;
  slug: string;
  status: "archived" | "draft" | "published";
  starts_at: string;
  role: "promoter" | "seller" | "venue";
  partner_id: string;
  partner: string;
  allocation_id: string | null;
}

/** Latest start first. */
export interface Collaborations {
  items: Collaboration[];
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

/** One event on its way to one endpoint. `answer_status` and `error`: of the last attempt. */
export interface Delivery {
  id: string;
  event_id: string;
  event_type: string;
  status: "dead" | "delivered" | "pending";
  attempts: number;
  created_at: string;
  next_attempt_at: string;
  delivered_at: string | null;
  answer_status: number | null;
  error: string | null;
}

/** Newest first. */
export interface DeliveryPage {
  items: Delivery[];
  next_token: string | null;
}

/** `txt_name` and `txt_value`: the DNS record of type TXT that proves whose the domain is. */
export interface Domain {
  domain: string;
  is_verified: boolean;
  txt_name: string;
  txt_value: string;
}

export interface Domains {
  items: Domain[];
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

/** A new draft of the same. `starts_at`: doors, end and sale move along with it. */
export interface Duplicate {
  starts_at?: string | null;
  name?: string | null;
  slug?: string | null;
}

export interface EditList {
  revision: number;
  edits: (Rename | Renumber | SetZone | Assign | Capacity | Access | Remove | Focal)[];
}

export interface Edits {
  edits: (Rename | Renumber | SetZone | Assign | Capacity | Access | Remove | Focal)[];
}

/** `failing_since`: the first failure after the last success. `disabled_because`: a person's wish, or that it failed for days; null while it is told. */
export interface Endpoint {
  id: string;
  url: string;
  event_types: string[];
  description: string;
  created_at: string;
  failing_since: string | null;
  disabled_at: string | null;
  disabled_because: string | null;
}

/** `secret`: signs what is sent to the endpoint, as Standard Webhooks have it. */
export interface EndpointSecret {
  endpoint_id: string;
  secret: string;
}

/** `event_types`: what it is told of; none for everything. `is_enabled`: true also ends a disablement. */
export interface EndpointWish {
  url: string;
  event_types?: string[];
  description?: string;
  is_enabled?: boolean;
}

export interface Endpoints {
  items: Endpoint[];
}

/** An event as everybody may see it. Prices are in minor units of `currency`. `is_on_sale`: now, by the database's clock. `description`: plain text. Places that one buyer may have: `seats_per_hold_max` in a hold, `seats_per_order_max` in an order, `seats_per_buyer_max` in all; null for no such limit. `legs`: parts of a trip that a seat is sold for, 1 for an event at one place. `has_waiting_room`: holds take a pass now (PUT .../turn). seat is sold for, 1 for an event at one place. `switched_off`: parts of the platform that are off for it, as `checkout`. */
export interface Event {
  id: string;
  org_id: string;
  slug: string;
  name: string;
  summary: string;
  status: "archived" | "draft" | "published";
  is_on_sale: boolean;
  switched_off: ("checkout" | "payouts" | "refunds" | "scanning" | "ticketing")[];
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
  description: string;
  cover_url: string | null;
  doors_at: string | null;
  ends_at: string | null;
  sales_open_at: string | null;
  sales_close_at: string | null;
  ticket_types: TicketOffer[];
}

/** What is left out stays as it is; null takes away what may be missing. `venue_id`, `version_id`, `currency` and `prices_minor` (by zone key; those left out stay) can change until the event is first published: then its places are made, and have these. */
export interface EventChange {
  name?: string;
  slug?: string;
  summary?: string;
  description?: string;
  external_ref?: string | null;
  starts_at?: string;
  doors_at?: string | null;
  ends_at?: string | null;
  timezone?: string;
  sales_open_at?: string | null;
  sales_close_at?: string | null;
  hold_ttl_s?: number;
  seats_per_hold_max?: number;
  seats_per_order_max?: number | null;
  seats_per_buyer_max?: number | null;
  orphan_rule?: "lenient" | "off" | "strict";
  venue_id?: string;
  version_id?: string | null;
  currency?: string;
  prices_minor?: Record<string, number>;
}

/** An event's sales less refunds, in minor units of `currency`: what buyers paid, and whose it is. `gross_minor` - `refunded_minor` = fee + tax + host + promoter. */
export interface EventFinance {
  event_id: string;
  event: string;
  currency: string;
  orders: number;
  gross_minor: number;
  refunded_minor: number;
  fee_minor: number;
  tax_minor: number;
  host_minor: number;
  promoter_minor: number;
}

/** In the order of their publication. `after`: the cursor behind the last, also where there is nothing new: ask again with it. */
export interface EventLogPage {
  items: LoggedEvent[];
  after: string | null;
}

/** `after`: of the answer before; without it the log begins with the oldest that is kept. */
export interface EventLogQuery {
  after?: string | null;
  page_size?: number;
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

/** The event, which everybody sees at `/e/{slug}` once it is published. */
export interface EventOpened {
  id: string;
  slug: string;
  status: "archived" | "draft" | "published";
}

export interface EventPage {
  items: EventSummary[];
  next_token: string | null;
}

/** `q`: beginnings of words in the event's and the venue's names, the city, the organizer's name; `from` and `to`: it starts at or after, and before; `latitude`, `longitude`: degrees, with `radius_km` nothing farther away; `price_max_minor`: of the cheapest place, in minor units of `currency`; `organization`: its id. `nearest` needs a position, `cheapest` a currency. */
export interface EventQuery {
  page_size?: number;
  next_token?: string | null;
  q?: string | null;
  country?: string | null;
  city?: string | null;
  from?: string | null;
  to?: string | null;
  latitude?: number | null;
  longitude?: number | null;
  radius_km?: number | null;
  currency?: string | null;
  price_max_minor?: number | null;
  organization?: string | null;
  sort?: "cheapest" | "nearest" | "soonest";
}

/** `revision`: the event's, as the caller knows it. */
export interface EventRevision {
  revision: number;
}

/** What was sold and not given back. Amounts are in minor units of `currency`. */
export interface EventSales {
  event_id: string;
  name: string;
  currency: string;
  orders: number;
  sold: number;
  revenue_minor: number;
  sections: SectionTotals[];
}

/** An event as its organizers see it, a draft too. `revision` rises with each change: name it to change that very state. `missing`: what is in the way of publishing it. `version_id`: of the map that it is sold by. `external_ref`: the event's id in the system that its identity comes from. */
export interface EventSetup {
  id: string;
  revision: number;
  status: "archived" | "draft" | "published";
  slug: string;
  name: string;
  summary: string;
  description: string;
  external_ref: string | null;
  cover_url: string | null;
  starts_at: string;
  doors_at: string | null;
  ends_at: string | null;
  timezone: string;
  sales_open_at: string | null;
  sales_close_at: string | null;
  hold_ttl_s: number;
  seats_per_hold_max: number;
  seats_per_order_max: number | null;
  seats_per_buyer_max: number | null;
  orphan_rule: "lenient" | "off" | "strict";
  legs: number;
  venue_id: string;
  version_id: string | null;
  currency: string;
  zones: ZoneSetup[];
  missing: Reason[];
  created_at: string;
}

/** `distance_km`: from where it was asked for, null where nobody said from where. `organization`: the organizer's name. */
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
  organization: string;
  cover_url: string | null;
  distance_km: number | null;
}

/** `version_id`: of a map of the organization, which says the venue too; a draft may name a `venue_id` instead. `prices_minor`: by key of the map's zones, all of them unless it is a draft, in minor units of `currency`; `timezone`: IANA's name; `slug`: the event's address, made of name and day where it is left out; `external_ref`: its id where its identity comes from. */
export interface EventWish {
  name: string;
  starts_at: string;
  timezone: string;
  currency: string;
  status?: "draft" | "published";
  version_id?: string | null;
  venue_id?: string | null;
  prices_minor?: Record<string, number>;
  summary?: string;
  description?: string;
  slug?: string | null;
  external_ref?: string | null;
  doors_at?: string | null;
  ends_at?: string | null;
  sales_open_at?: string | null;
  sales_close_at?: string | null;
  hold_ttl_s?: number;
  seats_per_hold_max?: number;
  seats_per_order_max?: number | null;
  seats_per_buyer_max?: number | null;
  orphan_rule?: "lenient" | "off" | "strict";
}

export interface EventsOnMap {
  items: EventOnMap[];
}

/** What the platform takes: a flat amount per ticket, or a share of the subtotal in hundredths of a percent. Never both. */
export interface Fee {
  per_ticket_minor?: number;
  basis_points?: number;
}

/** By event and currency, latest start first. */
export interface FinanceReport {
  items: EventFinance[];
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

export interface Forgot {
  email: string;
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

/** A session's tokens. `token` opens the realm's doors until `expires_at`; before then exchange `refresh_token`, which works once, for the next pair. The session ends at `session_expires_at` unless it is refreshed before. */
export interface Grant {
  token: string;
  expires_at: string;
  refresh_token: string;
  session_expires_at: string;
  session_id: string;
  user_id: string;
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
  ticket_type_id: string;
  ticket_type: string;
}

export interface HeldSeat {
  idx: number;
  label: string;
  section: string | null;
  row: string | null;
  number: string;
  price_minor: number;
  ticket_type_id: string;
  ticket_type: string;
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

/** Places by name, or the best seats available, or both. `legs`: of a trip, every place is held on all of them; the whole trip where left out. `alternative`: if seats named here are taken, hold the nearest equal ones for a short time. `ticket_types`: of places named here, where they are not sold as their zones' defaults; `access_code`: opens those that have it. */
export interface HoldRequest {
  seats?: number[];
  pools?: PoolWish[];
  best?: BestWish | null;
  legs?: [number, number] | null;
  alternative?: boolean;
  ticket_types?: TypeChoice[];
  access_code?: string | null;
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

export interface HookDeliveryQuery {
  page_size?: number;
  next_token?: string | null;
}

/** The one organization that answers for an event. `mode`: why it does: the venue is exclusive, the organizer's own, or let to the promoter. */
export interface Host {
  mode: "promoter" | "self" | "venue";
  organization_id: string;
  organization: string;
}

/** At most SEATS_TOLD_MAX seats; `zones`: new ones without a price. */
export interface InTheWay {
  seats: SeatInTheWay[];
  areas: AreaInTheWay[];
  zones: string[];
}

/** `expires_at`: after this the link in the mail leads nowhere. */
export interface Invitation {
  id: string;
  email: string;
  role: "admin" | "finance" | "owner" | "scanner" | "staff";
  invited_by: string;
  created_at: string;
  expires_at: string;
}

/** Those that wait for an answer, newest first. */
export interface InvitationList {
  items: Invitation[];
}

export interface Joined {
  org_id: string;
  user_id: string;
  role: "admin" | "finance" | "owner" | "scanner" | "staff";
}

/** A public Ed25519 key. Source: RFC 8037. `x`: 32 bytes, base64url. */
export interface Jwk {
  kid: string;
  x: string;
  kty: "OKP";
  crv: "Ed25519";
  use: "sig";
  alg: "EdDSA";
}

export interface Jwks {
  keys: Jwk[];
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

/** Who sells, as receipts name them. */
export interface LegalEntity {
  name?: string;
  address?: string;
  country?: string;
  tax_number?: string;
}

/** Another price for places of the type's zone: by keys of sections and of standing areas, or seat by seat. A seat's own level goes before its section's, the first in the list before others. */
export interface Level {
  price_minor: number;
  sections?: string[];
  areas?: string[];
  seats?: number[];
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

/** An event as webhooks carry it. */
export interface LoggedEvent {
  id: string;
  type: string;
  version: number;
  occurred_at: string;
  correlation_id: string;
  trace_id: string;
  actor: string;
  source: string;
  org_id: string;
  subject: string;
  data: Record<string, unknown>;
}

export interface Login {
  email: string;
  password: string;
  /** For buyers: the token of a guest, whose holds, orders and tickets the account takes over. */
  guest_token?: string | null;
}

export interface Logo {
  id: string;
  url: string;
}

/** The same answer whether or not the address has an account. */
export interface MailPromised {
  detail: string;
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

/** One membership, with the permissions that the role has in the database now. */
export interface Member {
  org_id: string;
  org_name: string;
  approval: "approved" | "pending" | "rejected" | "suspended";
  approval_note: string;
  role: string;
  permissions: string[];
}

/** In the order in which they joined. */
export interface MemberList {
  items: MemberView[];
}

export interface MemberView {
  user_id: string;
  email: string;
  name: string;
  role: "admin" | "finance" | "owner" | "scanner" | "staff";
  joined_at: string;
}

export interface Membership {
  org_id: string;
  name: string;
  role: string;
}

export interface Memberships {
  items: Member[];
}

export interface MfaConfirm {
  /** Six digits of the authenticator app, or a recovery code. */
  code: string;
}

export interface MfaDisable {
  password: string;
  /** Six digits of the authenticator app, or a recovery code. */
  code: string;
}

export interface MfaEnrol {
  password: string;
}

/** `secret`: base32, for who types it; `uri`: the same for a QR code, `otpauth://totp/...`. */
export interface MfaEnrolment {
  secret: string;
  uri: string;
}

/** The password was right; `POST .../mfa/verify` takes `challenge` and a code. */
export interface MfaRequired {
  mfa_required: true;
  challenge: string;
  expires_at: string;
}

/** The challenge that signing in was answered with, and a code. */
export interface MfaVerify {
  challenge: string;
  /** Six digits of the authenticator app, or a recovery code. */
  code: string;
  /** For buyers: the token of a guest, whose holds, orders and tickets the account takes over. */
  guest_token?: string | null;
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

/** `key`: the secret itself, which is shown here and never again. */
export interface MintedApiKey {
  id: string;
  name: string;
  key: string;
  permissions: string[] | null;
  expires_at: string | null;
}

/** `key`: the secret itself, which is shown here and never again. */
export interface MintedScannerKey {
  id: string;
  name: string;
  key: string;
}

/** `permissions`: what the key allows, null for all that an owner may, also what comes later. `expires_at`: when it ends by itself, null for never. */
export interface NewApiKey {
  name: string;
  permissions?: string[] | null;
  expires_at?: string | null;
}

/** `domain`: as in the address bar; letters beyond ASCII in their xn-- form. */
export interface NewDomain {
  domain: string;
}

/** Inviting somebody again sends the invitation again, with this role and more time. */
export interface NewInvitation {
  email: string;
  role: "admin" | "finance" | "owner" | "scanner" | "staff";
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

/** `slug`: the address of its storefront; one is made of the name where it is left out. */
export interface NewOrg {
  name: string;
  slug?: string | null;
}

/** `name`: of the door or the device. */
export interface NewScannerKey {
  name: string;
}

/** `country`: ISO 3166 alpha-2. */
export interface NewVenue {
  name: string;
  city: string;
  country: string;
}

/** What places of the event may be sold as: public types, and those that a code opens. */
export interface Offers {
  items: TicketOffer[];
}

/** `access_code`: opens the ticket types that have it. */
export interface OffersQuery {
  access_code?: string | null;
}

/** A session's tokens, and where the operator may work. */
export interface OperatorGrant {
  token: string;
  expires_at: string;
  refresh_token: string;
  session_expires_at: string;
  session_id: string;
  user_id: string;
  orgs: Membership[];
}

/** A product, under the name and price that it was ordered with. */
export interface OrderItem {
  id: string;
  product_id: string;
  name: string;
  quantity: number;
  unit_price_minor: number;
  total_minor: number;
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
  ticket_type_id: string | null;
  ticket_type: string;
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
  products: OrderItem[];
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
  products: OrderItem[];
  tickets: TicketView[];
}

/** An organization. `approval`: whether it may sell; `approval_note`: why, in words of the platform's staff; `billing`: of its plan; `partner`: who brought it. The platform's fee is `fee_per_ticket_minor` in the currency of its settings, or `fee_basis_points` of the subtotal: never both. */
export interface Org {
  id: string;
  slug: string;
  name: string;
  approval: "approved" | "pending" | "rejected" | "suspended";
  approval_note: string;
  billing: "active" | "canceled" | "past_due" | "trial";
  partner: string | null;
  fee_per_ticket_minor: number;
  fee_basis_points: number;
  created_at: string;
}

/** Its address stays: links lead there. */
export interface OrgChange {
  name: string;
}

/** In the order of their ids. */
export interface OrgPage {
  items: Org[];
  next_token: string | null;
}

export interface OrgQuery {
  page_size?: number;
  next_token?: string | null;
  approval?: "approved" | "pending" | "rejected" | "suspended" | null;
}

/** `fee_bearer`: who pays the platform's fee, the buyer on top of the price or the organizer out of it. What is left out is as by default. */
export interface OrgSettings {
  /** ISO 4217, such as EUR. */
  currency?: string;
  fee_bearer?: "buyer" | "organizer";
  taxes?: Tax[];
  checkout?: CheckoutRules;
  legal?: LegalEntity;
}

export interface PageQuery {
  page_size?: number;
  next_token?: string | null;
}

/** A row of the outbox whose reaction has failed for good, until somebody replays it. It tells `events` events, each of its own subject where they are several (`subject` is null then). `error`: the last. */
export interface ParkedEvent {
  position: number;
  type: string;
  subject: string | null;
  org_id: string;
  events: number;
  occurred_at: string;
  parked_at: string;
  attempts: number;
  error: string;
}

/** Oldest first. */
export interface ParkedPage {
  items: ParkedEvent[];
  next_token: string | null;
}

export interface ParkedQuery {
  page_size?: number;
  next_token?: string | null;
}

export interface PasswordChange {
  password: string;
  /** At least 12 characters, of which 5 are different. */
  new_password: string;
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

export interface Product {
  id: string;
  event_id: string;
  name: string;
  description: string;
  price_minor: number;
  stock: number | null;
  per_order_max: number;
  is_on_sale: boolean;
  sort: number;
}

/** What is left out stays as it is; null takes away what may be missing. Orders keep the name and price that they were made with. */
export interface ProductChange {
  name?: string;
  price_minor?: number;
  description?: string;
  stock?: number | null;
  per_order_max?: number;
  is_on_sale?: boolean;
  sort?: number;
}

export interface ProductWanted {
  product_id: string;
  quantity: number;
}

/** `price_minor`: in the event's currency; `stock`: so many in all, null for no bound; `is_on_sale`: buyers see it; `sort`: the lowest comes first. */
export interface ProductWish {
  name: string;
  price_minor: number;
  description?: string;
  stock?: number | null;
  per_order_max?: number;
  is_on_sale?: boolean;
  sort?: number;
}

export interface Products {
  items: Product[];
}

/** What stands in the way; `code` is for programs, `detail` for people. */
export interface Reason {
  code: string;
  detail: string;
}

export interface Received {
  received: boolean;
}

/** Shown this once; each works once, where the authenticator app is gone. */
export interface RecoveryCodes {
  codes: string[];
}

export interface Refresh {
  refresh_token: string;
}

export interface Register {
  email: string;
  /** At least 12 characters, of which 5 are different. */
  password: string;
  name: string;
  /** For buyers: the token of a guest, whose holds, orders and tickets the account takes over. */
  guest_token?: string | null;
}

/** `token`: of the link in the mail, whose address becomes the account's. */
export interface Registration {
  token: string;
  name: string;
  /** At least 12 characters, of which 5 are different. */
  password: string;
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

/** `since` and `until`: moments with an offset, from the first on and before the second. */
export interface ReportQuery {
  event_id?: string | null;
  since?: string | null;
  until?: string | null;
}

/** The token of the mail's link, and the new password. */
export interface Reset {
  token: string;
  /** At least 12 characters, of which 5 are different. */
  password: string;
}

/** `note`: why, in words that the organization reads; rejecting and suspending need one. */
export interface Review {
  verdict: "approve" | "reinstate" | "reject" | "suspend";
  note?: string;
}

/** `revision`: the draft's, as the caller knows it. */
export interface RevisionQuery {
  revision: number;
}

export interface RoleChange {
  role: "admin" | "finance" | "owner" | "scanner" | "staff";
}

export interface RoleMatrix {
  items: RoleMatrixRow[];
}

export interface RoleMatrixRow {
  role: "admin" | "finance" | "owner" | "scanner" | "staff";
  permissions: string[];
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

/** What was confirmed, and what was paid back, in one interval that begins at `at`. `tickets`: places of the orders confirmed then. `net_minor` is of both: sales less refunds. */
export interface SalesPoint {
  at: string;
  currency: string;
  orders: number;
  tickets: number;
  gross_minor: number;
  refunded_minor: number;
  fee_minor: number;
  tax_minor: number;
  net_minor: number;
}

/** As `ReportQuery`. `interval`: of one point; `timezone`: where its hours and days begin, an IANA name. */
export interface SalesQuery {
  event_id?: string | null;
  since?: string | null;
  until?: string | null;
  interval?: "day" | "hour" | "month" | "week";
  timezone?: string;
}

/** Oldest first; intervals in which nothing happened are left out. */
export interface SalesSeries {
  items: SalesPoint[];
}

/** `token`: what the QR code said; `gate`: the name of this door. */
export interface ScanRequest {
  token: string;
  gate?: string;
}

export interface ScannerKey {
  id: string;
  name: string;
  created_at: string;
  revoked_at: string | null;
  last_scan_at: string | null;
}

/** Newest first. */
export interface ScannerKeys {
  items: ScannerKey[];
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

/** Of one section or standing area, by its key; an empty one for seats of no section. */
export interface SectionTotals {
  section: string;
  sold: number;
  revenue_minor: number;
}

/** Seats by index, and places of standing areas. */
export interface Selection {
  seats?: number[];
  pools?: PoolWish[];
}

export interface SessionList {
  items: SessionView[];
}

/** `device`: the program's User-Agent. `last_used_at` is as true as tokens are short-lived. */
export interface SessionView {
  id: string;
  device: string;
  address: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  is_current: boolean;
}

/** A zone of that key is there, has this name, and is sold as this ticket type. */
export interface SetZone {
  op: "zone";
  key: string;
  name: string;
  ticket_type?: string | null;
}

/** What an order's confirmation, or a refund of it, is worth to whom; amounts in minor units, those of a refund negative. `gross_minor` = `fee_minor` (the platform's) + `tax_minor` + `net_minor`; `net_minor` = `host_minor` + `promoter_minor`. `push_status`: at the finance system. */
export interface Settlement {
  id: string;
  org_id: string;
  event_id: string;
  order_id: string;
  kind: "refund" | "sale";
  currency: string;
  gross_minor: number;
  fee_minor: number;
  tax_minor: number;
  net_minor: number;
  host_mode: "promoter" | "self" | "venue";
  host_org_id: string;
  host_minor: number;
  promoter_minor: number;
  created_at: string;
  push_status: "failed" | "pending" | "sent";
  push_attempts: number;
  pushed_at: string | null;
  push_error: string | null;
}

/** Oldest first. */
export interface SettlementPage {
  items: Settlement[];
  next_token: string | null;
}

/** `since` and `until`: moments with an offset, from the first on and before the second. */
export interface SettlementQuery {
  page_size?: number;
  next_token?: string | null;
  event_id?: string | null;
  since?: string | null;
  until?: string | null;
}

export interface SetupLine {
  id: string;
  revision: number;
  status: "archived" | "draft" | "published";
  slug: string;
  name: string;
  external_ref: string | null;
  starts_at: string;
  timezone: string;
  venue_id: string;
  venue_name: string;
  venue_city: string;
}

/** Latest start first. */
export interface SetupPage {
  items: SetupLine[];
  next_token: string | null;
}

/** `q`: part of the name; `external_ref`: the whole of it. */
export interface SetupQuery {
  page_size?: number;
  next_token?: string | null;
  status?: "archived" | "draft" | "published" | null;
  venue_id?: string | null;
  q?: string | null;
  external_ref?: string | null;
}

/** An organization's storefront, ready to be drawn. */
export interface Site {
  org_id: string;
  slug: string;
  name: string;
  color: string | null;
  ink: string | null;
  support_email: string;
  logo_url: string | null;
}

/** `domain`: the host name in a browser's address bar. */
export interface SiteQuery {
  domain: string;
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

/** Something that is off. `scope`: `platform`, `org:<id>` or `event:<id>`. The platform's staff and the organization each have a switch of their own: it is on where both are. */
export interface Switch {
  scope: string;
  flag: "checkout" | "payouts" | "refunds" | "scanning" | "ticketing";
  is_by_staff: boolean;
  reason: string;
  switched_by: string;
  switched_at: string;
}

/** `reason`: why it is off, for the organization and the platform's staff. */
export interface SwitchChange {
  is_on: boolean;
  reason?: string;
}

/** What is off; everything else is on. */
export interface Switches {
  items: Switch[];
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

/** A tax of every order line. `rate_ppm`: parts per million, 50000 is 5 %; `is_included`: prices have it in them already. */
export interface Tax {
  name: string;
  rate_ppm: number;
  is_included?: boolean;
}

/** A ticket type that places of a zone may be sold as. `price_minor` and `levels`: now; `quantity`: so many of it at most; `per_order_min`, `per_order_max`: in one order, if any; `has_code`: it was asked for with its access code. */
export interface TicketOffer {
  id: string;
  zone: number;
  name: string;
  description: string;
  is_default: boolean;
  is_on_sale: boolean;
  price_minor: number;
  levels: Level[];
  sales_open_at: string | null;
  sales_close_at: string | null;
  quantity: number | null;
  per_order_min: number | null;
  per_order_max: number | null;
  has_code: boolean;
}

export interface TicketPage {
  items: TicketView[];
  next_token: string | null;
}

/** What is left out stays as it is; null takes away what may be missing. A zone's default type is public, always on sale with its event, and as many as there are places. A new price, or new levels, hold for who takes places from ten seconds later on. */
export interface TicketTypeChange {
  name?: string;
  price_minor?: number;
  description?: string;
  levels?: Level[];
  visibility?: "code" | "organizer" | "public";
  access_code?: string | null;
  sales_open_at?: string | null;
  sales_close_at?: string | null;
  quantity?: number | null;
  per_order_min?: number | null;
  per_order_max?: number | null;
  sort?: number;
}

/** `zone`: its key. Prices are those of places that are taken from now on, or in a moment. */
export interface TicketTypeView {
  id: string;
  event_id: string;
  zone: string;
  is_default: boolean;
  name: string;
  description: string;
  price_minor: number;
  levels: Level[];
  visibility: "code" | "organizer" | "public";
  access_code: string | null;
  sales_open_at: string | null;
  sales_close_at: string | null;
  quantity: number | null;
  per_order_min: number | null;
  per_order_max: number | null;
  sort: number;
}

/** `zone`: its key; `levels`: other prices of sections, areas or single seats of it; `visibility`: `code` needs an `access_code`, `organizer` is for nobody else (complimentary tickets); `quantity`: so many at most; `sort`: the lowest comes first. */
export interface TicketTypeWish {
  zone: string;
  name: string;
  price_minor: number;
  description?: string;
  levels?: Level[];
  visibility?: "code" | "organizer" | "public";
  access_code?: string | null;
  sales_open_at?: string | null;
  sales_close_at?: string | null;
  quantity?: number | null;
  per_order_min?: number | null;
  per_order_max?: number | null;
  sort?: number;
}

/** By zone, the lowest `sort` first. */
export interface TicketTypes {
  items: TicketTypeView[];
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

/** These seats, and all places of these areas, as this ticket type. */
export interface TypeChoice {
  ticket_type_id: string;
  seats?: number[];
  pools?: string[];
}

/** `latitude`, `longitude`: degrees, WGS 84, null where nobody said them. */
export interface Venue {
  name: string;
  city: string;
  country: string;
  id: string | null;
  address: string;
  latitude: number | null;
  longitude: number | null;
}

/** What is left out stays as it is; null takes away what may be missing. */
export interface VenueChange {
  name?: string;
  city?: string;
  country?: string;
  address?: string;
  timezone?: string | null;
  latitude?: number | null;
  longitude?: number | null;
  capacity?: number | null;
  is_shared?: boolean;
  is_exclusive?: boolean;
}

export interface VenueLine {
  id: string;
  name: string;
  city: string;
  country: string;
}

/** Newest first. */
export interface VenuePage {
  items: VenueView[];
  next_token: string | null;
}

/** `q`: part of the name; `city`: the whole of it; `country`: ISO 3166 alpha-2. */
export interface VenueQuery {
  page_size?: number;
  next_token?: string | null;
  q?: string | null;
  city?: string | null;
  country?: string | null;
}

export interface VenueView {
  id: string;
  name: string;
  address: string;
  city: string;
  country: string;
  timezone: string | null;
  latitude: number | null;
  longitude: number | null;
  capacity: number | null;
  is_shared: boolean;
  is_exclusive: boolean;
  created_at: string;
}

/** `country`: ISO 3166 alpha-2; `timezone`: IANA's name; `latitude` and `longitude`: degrees, WGS 84, both or neither; `capacity`: people that may be inside; `is_shared`: other organizations may have events there, on its maps; `is_exclusive`: its owner hosts whatever is on there. */
export interface VenueWish {
  name: string;
  city: string;
  country: string;
  address?: string;
  timezone?: string | null;
  latitude?: number | null;
  longitude?: number | null;
  capacity?: number | null;
  is_shared?: boolean;
  is_exclusive?: boolean;
}

/** As the directory has them. */
export interface VenuesQuery {
  page?: string | null;
  limit?: string | null;
  q?: string | null;
  status?: string | null;
  city?: string | null;
}

/** The token of the mail's link, and the password that was chosen when registering: a link alone makes no account, so that nobody makes one for a stranger who clicks. */
export interface Verify {
  token: string;
  password: string;
  /** For buyers: the token of a guest, whose holds, orders and tickets the account takes over. */
  guest_token?: string | null;
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

/** A zone of the event's map; `price_minor`: null while none was said. */
export interface ZoneSetup {
  key: string;
  name: string;
  price_minor: number | null;
}

/** `ticket_type`: what its places are called when an event first sells them. */
export interface ZoneShape {
  key: string;
  name: string;
  ticket_type: string | null;
}
