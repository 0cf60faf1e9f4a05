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

/** For an organization that has no account with the provider yet. `country`: where it is registered, ISO 3166-1; it cannot be changed later. */
export interface AccountWish {
  country: string;
  email: string;
}

/** The answer to a door: come in. */
export interface Admission {
  result: "admitted" | "duplicate" | "refused" | "undone";
  scan_id: string;
  label: string;
  name: string;
  gate: string;
  scanned_at: string;
}

/** Places of an allocation, or `hold_id`: what was held of it before, and nothing else. */
export interface AllocatedSale {
  seats?: number[];
  pools?: PoolWish[];
  hold_id?: string | null;
  method?: "card_terminal" | "cash" | "invoice" | null;
  name?: string;
  email?: string;
  note?: string;
}

/** `seats_left`, `pools_left`: what can be sold from it now. */
export interface Allocation {
  id: string;
  event_id: string;
  partner_org_id: string | null;
  api_key_id: string | null;
  name: string;
  seats: number[];
  pools: PoolWish[];
  seats_left: number[];
  pools_left: PoolWish[];
  release_at: string | null;
  created_at: string;
}

/** `name`: what its sellers call it. `partner_org_id`: another organization that shall sell them; `api_key_id`: the key of your own that shall, and need allow nothing else; neither: your people. `release_at`: from then on what is unsold of it is on sale; null for until it is released. */
export interface AllocationWish {
  seats?: number[];
  pools?: PoolWish[];
  name: string;
  partner_org_id?: string | null;
  api_key_id?: string | null;
  release_at?: string | null;
}

/** Oldest first, without those that were released. */
export interface Allocations {
  items: Allocation[];
}

/** To a question of the event's. */
export interface Answer {
  question_id: string;
  text: string;
}

/** An answer with the words that were asked. */
export interface Answered {
  question_id: string;
  question: string;
  answer: string;
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

/** Soonest first. */
export interface AvailabilityPage {
  items: EventAvailability[];
  next_token: string | null;
}

export interface AvailabilityQuery {
  page_size?: number;
  next_token?: string | null;
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

/** How far a cancelled event is. Orders: `orders_total` that had something to give back, `orders_left` of them that have it still, and `orders_disputed` that wait for the end of a dispute. Money, in minor units: `owed_minor` is on its way, `refunded_minor` has gone back. `refunds_failed`: a provider refused, a person must look. `finished_at`: nothing is left to decide; what is owed may be on its way still. */
export interface Cancellation {
  event_id: string;
  note: string;
  cancelled_at: string;
  finished_at: string | null;
  orders_total: number;
  orders_left: number;
  orders_disputed: number;
  refunds: number;
  owed_minor: number;
  refunded_minor: number;
  refunds_failed: number;
  currency: string;
}

/** `note`: what buyers are told besides. */
export interface CancellationWish {
  note?: string;
}

/** Of a standing area, or the chairs of a table. */
export interface Capacity {
  op: "capacity";
  key: string;
  places: number;
}

/** What is sold and not given back, over one channel. Complimentary tickets are places without revenue. */
export interface ChannelSales {
  channel: "box_office" | "complimentary" | "guest_list" | "import" | "online";
  orders: number;
  places: number;
  revenue_minor: number;
}

/** What a buyer says to turn a hold into an order and pay for it. `provider`: whom to pay with, the first that the seller offers where none is named; `payment_flow`: `page`, to be sent to the provider's, or `intent`, for a form of one's own. */
export interface CheckoutRequest {
  products?: ProductWanted[];
  discount_code?: string | null;
  answers?: Answer[];
  accepts_alternative?: boolean;
  language?: string | null;
  /** Loyalty points to pay with, of who is signed in. */
  points?: number;
  hold_id: string;
  email: string;
  name: string;
  provider?: string | null;
  payment_flow?: "intent" | "page";
}

/** Where an event says nothing else. Null: no such limit. */
export interface CheckoutRules {
  hold_ttl_s?: number;
  payment_ttl_s?: number;
  seats_per_hold_max?: number;
  seats_per_order_max?: number | null;
  seats_per_buyer_max?: number | null;
  orphan_rule?: "lenient" | "off" | "strict";
  terms_url?: string;
  asks_marketing_consent?: boolean;
}

/** `redirect_url`: the provider's page; our own order page where there is nothing to pay, or where the order was begun as an intent; null with an `intent`, if one was asked for. */
export interface CheckoutStarted {
  order: OrderView;
  redirect_url: string | null;
  intent: PaymentIntent | null;
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

/** When a provider's list, or `books`, was last compared to its end; `age_s` ago. */
export interface Comparison {
  source: string;
  compared_at: string;
  age_s: number;
}

/** Places sold over the counter. `method`: how it was paid; null where it costs nothing. `name`, `email`: the buyer's, where they want to say; tickets are mailed where there is an address. `off_sale`: blocked places too, but none that is set aside for a seller. `legs`: as of a hold. `ticket_types`: of any visibility. `products`: what is bought beside the places. */
export interface CounterSale {
  seats?: number[];
  pools?: PoolWish[];
  method?: "card_terminal" | "cash" | "invoice" | null;
  name?: string;
  email?: string;
  note?: string;
  off_sale?: boolean;
  legs?: [number, number] | null;
  ticket_types?: TypeChoice[];
  products?: ProductWanted[];
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

/** Newest first. */
export interface Deliveries {
  items: Delivery[];
  next_token: string | null;
}

/** A webhook as it stands. `last_error`: why it has not been applied. */
export interface Delivery {
  id: string;
  provider: string;
  event_id: string;
  type: string;
  status: "dead" | "done" | "waiting";
  attempts: number;
  last_error: string | null;
  received_at: string;
  next_attempt_at: string;
}

export interface DeliveryQuery {
  page_size?: number;
  next_token?: string | null;
  status?: "dead" | "done" | "waiting" | null;
  provider?: string | null;
}

/** `body`: as it came, in UTF-8; what was none is replaced. */
export interface DeliveryWithBody {
  id: string;
  provider: string;
  event_id: string;
  type: string;
  status: "dead" | "done" | "waiting";
  attempts: number;
  last_error: string | null;
  received_at: string;
  next_attempt_at: string;
  body: string;
}

/** A part of a total that may be paid at first; the rest until `due_at`. */
export interface Deposit {
  amount_minor: number;
  rest_minor: number;
  due_at: string;
}

/** What an order may be paid of at once, `basis_points` of its total, and until how many days before the event begins the rest is due. */
export interface DepositTerms {
  basis_points: number;
  due_days_before: number;
}

/** `uses`: orders that have it and may be paid, or are. */
export interface Discount {
  id: string;
  event_id: string;
  code: string;
  basis_points: number | null;
  amount_minor: number | null;
  ticket_type_ids: string[];
  valid_from: string | null;
  valid_until: string | null;
  uses_max: number | null;
  uses_per_buyer_max: number | null;
  is_active: boolean;
  created_at: string;
  uses: number;
}

/** What is left out stays; null takes away what may be missing. Orders keep what they got. */
export interface DiscountChange {
  basis_points?: number | null;
  amount_minor?: number | null;
  ticket_type_ids?: string[];
  valid_from?: string | null;
  valid_until?: string | null;
  uses_max?: number | null;
  uses_per_buyer_max?: number | null;
  is_active?: boolean;
}

/** Either `basis_points` of each ticket's price or `amount_minor` off all tickets of an order. `code`: upper and lower case are the same; `ticket_type_ids`: of which tickets, empty for all; `valid_from` (incl.) to `valid_until` (excl.); `uses_max`: orders in all, `uses_per_buyer_max`: of one person or e-mail address; null for no such bound. */
export interface DiscountWish {
  code: string;
  basis_points?: number | null;
  amount_minor?: number | null;
  ticket_type_ids?: string[];
  valid_from?: string | null;
  valid_until?: string | null;
  uses_max?: number | null;
  uses_per_buyer_max?: number | null;
  is_active?: boolean;
}

export interface Discounts {
  items: Discount[];
}

/** Why a gap was closed, as it is, and by whom of the platform's staff. */
export interface Dismissal {
  reason: string;
  by: string;
  at: string;
}

/** How an order is divided: into so many `equal` parts; or by place into `shares`, which name every place once; what is bought beside places is then in the first; or in time, into a `deposit`, which confirms it, and the rest, as its quote said. One of the three. */
export interface Division {
  equal?: number | null;
  shares?: ShareWish[];
  deposit?: boolean;
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

/** A hold that becomes an order, to be paid later. */
export interface DraftRequest {
  products?: ProductWanted[];
  discount_code?: string | null;
  answers?: Answer[];
  accepts_alternative?: boolean;
  language?: string | null;
  /** Loyalty points to pay with, of who is signed in. */
  points?: number;
  email?: string;
  name?: string;
  hold_id: string;
}

/** What a draft says, as far as it is known: the rest is said later, before it is confirmed. */
export interface DraftWish {
  products?: ProductWanted[];
  discount_code?: string | null;
  answers?: Answer[];
  accepts_alternative?: boolean;
  language?: string | null;
  /** Loyalty points to pay with, of who is signed in. */
  points?: number;
  email?: string;
  name?: string;
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

/** The new address, the password, and where the account has a second factor a code of it. */
export interface EmailChange {
  email: string;
  password: string;
  code?: string | null;
}

/** The token of the link that went to the new address. */
export interface EmailConfirm {
  token: string;
}

/** The token of the link that went to the address before, and a new password: who asked for the change knew the old one. */
export interface EmailUndo {
  token: string;
  /** At least 12 characters, of which 5 are different. */
  password: string;
}

/** `failing_since`: the first failure after the last success. `paused_until`: it did not answer, and nothing is sent to it before. `disabled_because`: a person's wish, or that it failed for days; null while it is told. */
export interface Endpoint {
  id: string;
  url: string;
  event_types: string[];
  description: string;
  created_at: string;
  failing_since: string | null;
  paused_until: string | null;
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

/** An event as everybody may see it. Prices are in minor units of `currency`. `is_on_sale`: now, by the database's clock. `sales_end_at`: until when, which is `sales_close_at`, else `ends_at`, else six hours after it begins, or when it was cancelled. `description`: plain text. `hold_ttl_s`: how long places are held; `payment_ttl_s`: how long they are kept from when their payment has begun, where that is longer, but no longer than twice `hold_ttl_s` in all; seconds. Places that one buyer may have: `seats_per_hold_max` in a hold, `seats_per_order_max` in an order, `seats_per_buyer_max` in all; null for no such limit. `legs`: parts of a trip that a seat is sold for, 1 for an event at one place. `has_waiting_room`: holds take a pass now (PUT .../turn). `switched_off`: parts of the platform that are off for it, as `checkout`. `questions`: what an order is asked; `deposit`: what of it may be paid at first. Prices are all-in: what a buyer pays, with fees and taxes. */
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
  payment_ttl_s: number;
  seats_per_hold_max: number;
  seats_per_order_max: number | null;
  seats_per_buyer_max: number | null;
  orphan_rule: "lenient" | "off" | "strict";
  legs: number;
  has_waiting_room: boolean;
  map_id: string;
  map_url: string;
  seats_total: number;
  sales_end_at: string;
  zones: ZonePrice[];
  pools: PoolOffer[];
  tables: TableMode[];
  description: string;
  cover_url: string | null;
  doors_at: string | null;
  ends_at: string | null;
  sales_open_at: string | null;
  sales_close_at: string | null;
  cancelled_at: string | null;
  ticket_types: TicketOffer[];
  questions: Question[];
  deposit: DepositTerms | null;
}

/** Prices, in minor units of `currency`, are of the cheapest and the dearest place. */
export interface EventAvailability {
  event_id: string;
  name: string;
  slug: string;
  starts_at: string;
  is_on_sale: boolean;
  currency: string;
  price_from_minor: number;
  price_to_minor: number;
  places: PlaceCounts;
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
  payment_ttl_s?: number;
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

/** An event as its organizers see it, a draft too. `revision` rises with each change: name it to change that very state. `missing`: what is in the way of publishing it. `version_id`: of the map that it is sold by. `external_ref`: the event's id in the system that its identity comes from. `sales_end_at`: until when buyers can buy, which is `sales_close_at`, else `ends_at`, else six hours after it begins, or when it was cancelled. `payment_ttl_s`: how long places are kept from when their payment has begun, where that is longer than `hold_ttl_s` from when they were taken, but no longer than twice that in all; seconds. */
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
  sales_end_at: string;
  cancelled_at: string | null;
  hold_ttl_s: number;
  payment_ttl_s: number;
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

/** `price_from_minor`, `price_to_minor`: of the cheapest and the dearest place. `distance_km`: from where it was asked for, null where nobody said from where. `organization`: the organizer's name. `is_on_sale`: now. */
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
  price_to_minor: number;
  organization: string;
  is_on_sale: boolean;
  cover_url: string | null;
  distance_km: number | null;
}

/** `fee_bearer`, `taxes`: null for the organization's own; `deposit`: null where an order is paid at once. What an order was told stays with it. */
export interface EventTerms {
  fee_bearer?: "buyer" | "organizer" | null;
  taxes?: Tax[] | null;
  questions?: Question[];
  deposit?: DepositTerms | null;
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
  payment_ttl_s?: number;
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

/** `ours_minor`, `theirs_minor`: of the gap as it was looked into. */
export interface GapDismissal {
  reason: string;
  ours_minor: number;
  theirs_minor: number;
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

/** Complimentary tickets. `note`: why; `off_sale`, `legs`: as of a sale. */
export interface Gift {
  seats?: number[];
  pools?: PoolWish[];
  name: string;
  email: string;
  note: string;
  off_sale?: boolean;
  legs?: [number, number] | null;
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

/** `heads`: the guest and who comes along; `arrived`: of them. */
export interface Guest {
  id: string;
  list_id: string;
  list_name: string;
  order_id: string;
  name: string;
  plus_ones: number;
  gate: string;
  note: string;
  heads: number;
  arrived: number;
  created_at: string;
  cancelled_at: string | null;
}

/** `arrived`: of `heads`, with those who came in now; `scan_ids`: what undoes it. */
export interface GuestAdmission {
  result: "admitted" | "duplicate" | "refused" | "undone";
  guest_id: string;
  name: string;
  admitted: number;
  heads: number;
  arrived: number;
  gate: string;
  scan_ids: string[];
}

/** `heads`: how many come in now. */
export interface GuestArrival {
  heads?: number;
  gate?: string;
}

/** `heads`: of guests who are expected, `arrived`: of them. */
export interface GuestList {
  id: string;
  event_id: string;
  pool_id: string;
  name: string;
  gate: string;
  guests: number;
  heads: number;
  arrived: number;
  created_at: string;
}

export interface GuestLists {
  items: GuestList[];
}

/** `q`: a part of the name. */
export interface GuestQuery {
  q?: string;
}

export interface GuestToken {
  token: string;
  buyer_id: string;
  expires_at: string;
}

/** By name. */
export interface Guests {
  items: Guest[];
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

/** Newest first. */
export interface HookDeliveries {
  items: HookDelivery[];
  next_token: string | null;
}

/** One event on its way to one endpoint. `answer_status` and `error`: of the last attempt. */
export interface HookDelivery {
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

/** `dry_run`: look only. */
export interface ImportQuery {
  dry_run?: boolean;
}

/** `is_done`: the file's rows are sold; false for a look, and where a row is wrong. */
export interface ImportReport {
  is_done: boolean;
  orders: number;
  places: number;
  total_minor: number;
  known: number;
  wrong: number;
  rows: ImportRow[];
}

/** What a row comes to. `line`: of the file, its header is 1. `status`: `ready` would be or was imported; `known` was imported before; `wrong` says why in `detail`. */
export interface ImportRow {
  line: number;
  ref: string;
  status: "known" | "ready" | "wrong";
  label: string;
  detail: string;
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

/** A mail as it would be sent, with facts of an order that never was. */
export interface MailPreview {
  subject: string;
  text: string;
  html: string;
}

/** The same answer whether or not the address has an account. */
export interface MailPromised {
  detail: string;
}

/** What a kind of mail says in a language. `is_own`: in words of the organization's own. */
export interface MailText {
  kind: string;
  language: string;
  subject: string;
  intro: string;
  is_own: boolean;
}

export interface MailTexts {
  items: MailText[];
}

/** `subject`, and `intro`: paragraphs before the link, an empty line between them. Both may name facts of the mail: `{event}`, `{when}`. */
export interface MailWords {
  subject: string;
  intro: string;
}

/** An order that was made for its buyer. `places`: that it was for; `sold_by`: who made it. */
export interface ManualSale {
  order_id: string;
  channel: "box_office" | "complimentary" | "guest_list" | "import" | "online";
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  name: string;
  email: string;
  places: number;
  total_minor: number;
  method: string | null;
  note: string;
  external_ref: string | null;
  sold_by: string;
  created_at: string;
}

/** Newest first. */
export interface ManualSales {
  items: ManualSale[];
  next_token: string | null;
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

/** A gap, and what to do about it; `dismissal`: null while it is open. `org_id`, `payment_id`, `order_id`: null where nobody knows; `provider`: null where our own books contradict themselves; `seen_at`: by the last comparison that met it. */
export interface MoneyGap {
  id: string;
  kind: "amount_differs" | "capture_missed" | "capture_unknown" | "charge_of_nobody" | "charged_twice" | "money_unanswered" | "money_without_places" | "places_without_money" | "refund_missed" | "refund_unknown" | "tickets_missing";
  org_id: string | null;
  provider: string | null;
  payment_id: string | null;
  order_id: string | null;
  reference: string;
  ours_minor: number;
  theirs_minor: number;
  currency: string;
  happened_at: string;
  found_at: string;
  seen_at: string;
  dismissal: Dismissal | null;
  advice: string;
}

export interface MoneyGapQuery {
  page_size?: number;
  next_token?: string | null;
  status?: "dismissed" | "open";
}

/** Those found first come first. */
export interface MoneyGaps {
  items: MoneyGap[];
  compared: Comparison[];
  next_token: string | null;
}

/** Order lines that shall have other seats: `seats`, one for each of `lines` in their order, or the first free chairs of a table, `table_idx` by its place among the map's. */
export interface MoveWish {
  lines: string[];
  seats?: number[];
  table_idx?: number | null;
}

export interface MovedLines {
  items: OrderLine[];
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

/** `plus_ones`: how many come along. `email`: where their tickets go, if anywhere: they are let in by name. `gate`: where it is another than the list's. */
export interface NewGuest {
  name: string;
  plus_ones?: number;
  gate?: string;
  note?: string;
  email?: string;
}

/** `pool_id`: the standing area whose places its guests take; `gate`: where they come in. */
export interface NewGuestList {
  name: string;
  pool_id: string;
  gate?: string;
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

/** `to_address`: the e-mail address of who shall have the ticket. */
export interface NewTransfer {
  to_address: string;
}

/** `country`: ISO 3166 alpha-2. */
export interface NewVenue {
  name: string;
  city: string;
  country: string;
}

export interface OfferWish {
  is_offered: boolean;
}

/** `is_ready`: buyers can pay so now. `needs_account`: not without an account there that may take charges. */
export interface OfferedProvider {
  provider: string;
  is_offered: boolean;
  account_ref: string | null;
  charges_enabled: boolean;
  payouts_enabled: boolean;
  details_submitted: boolean;
  disabled_reason: string | null;
  is_ready: boolean;
  needs_account: boolean;
}

export interface OfferedProviders {
  items: OfferedProvider[];
}

/** What places of the event may be sold as: public types, and those that a code opens. */
export interface Offers {
  items: TicketOffer[];
}

/** `access_code`: opens the ticket types that have it. */
export interface OffersQuery {
  access_code?: string | null;
}

/** Where the organization tells the provider who it is; soon over, so never kept. */
export interface Onboarding {
  url: string;
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

/** A product, under the name and price, all-in, that it was ordered with. */
export interface OrderItem {
  id: string;
  product_id: string;
  name: string;
  quantity: number;
  unit_price_minor: number;
  discount_minor: number;
  fee_minor: number;
  tax_minor: number;
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
  discount_minor: number;
  fee_minor: number;
  tax_minor: number;
  total_minor: number;
  live: boolean;
  ticket_type_id: string | null;
  ticket_type: string;
}

export interface OrderPage {
  items: OrderRow[];
  next_token: string | null;
}

/** `used`: points that the order was ordered with, which leave the balance when its payment begins; `used_minor`: what they took off its price; `given_back`: of these by now; `earned`: that its buyer has for it by now. */
export interface OrderPoints {
  account_id: string;
  used: number;
  used_minor: number;
  given_back: number;
  earned: number;
}

/** `q`: the beginning of a name or an e-mail address, or an order's id. */
export interface OrderQuery {
  page_size?: number;
  next_token?: string | null;
  status?: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded" | null;
  channel?: "box_office" | "complimentary" | "guest_list" | "import" | "online" | null;
  q?: string;
}

/** `places`: that were ordered. */
export interface OrderRow {
  id: string;
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  channel: "box_office" | "complimentary" | "guest_list" | "import" | "online";
  name: string;
  email: string;
  places: number;
  currency: string;
  total_minor: number;
  paid_minor: number;
  created_at: string;
}

/** `points`: that it uses and earns, of whose buyer was signed in; what they took off its price is in `discount_minor`. `deposit_minor`: what confirms it, where the rest may come until `balance_due_at`, which is null once nothing is open; tickets come then. */
export interface OrderView {
  id: string;
  event_id: string;
  hold_id: string;
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  email: string;
  name: string;
  currency: string;
  total_minor: number;
  fee_minor: number;
  tax_minor: number;
  discount_minor: number;
  paid_minor: number;
  channel: "box_office" | "complimentary" | "guest_list" | "import" | "online";
  answers: Answered[];
  note: string | null;
  created_at: string;
  expires_at: string;
  confirmed_at: string | null;
  deposit_minor: number | null;
  balance_due_at: string | null;
  lines: OrderLine[];
  payment: PaymentView | null;
  products: OrderItem[];
  taxes: TaxLine[];
  points: OrderPoints | null;
}

/** Of the tickets those that are this buyer's; one that was given away is void here. */
export interface OrderWithTickets {
  id: string;
  event_id: string;
  hold_id: string;
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  email: string;
  name: string;
  currency: string;
  total_minor: number;
  fee_minor: number;
  tax_minor: number;
  discount_minor: number;
  paid_minor: number;
  channel: "box_office" | "complimentary" | "guest_list" | "import" | "online";
  answers: Answered[];
  note: string | null;
  created_at: string;
  expires_at: string;
  confirmed_at: string | null;
  deposit_minor: number | null;
  balance_due_at: string | null;
  lines: OrderLine[];
  payment: PaymentView | null;
  products: OrderItem[];
  taxes: TaxLine[];
  points: OrderPoints | null;
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
  points?: PointsRule;
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

/** `quantity` of an order's line or product; null for all of it. */
export interface PartWish {
  id: string;
  quantity?: number | null;
}

export interface PasswordChange {
  password: string;
  /** At least 12 characters, of which 5 are different. */
  new_password: string;
}

/** Who pays a share, and with which provider: the first that the seller offers where none is named. */
export interface Payer {
  name: string;
  email: string;
  provider?: string | null;
}

/** What a seller's buyers may name as `provider` at checkout, the preferred one first. `intents`: those of them that can be paid with in a form of one's own. */
export interface PaymentChoices {
  items: string[];
  intents: string[];
}

/** What a form of the seller's own gives the provider's library. `client_secret`: who has it may pay, so it is for the payer, and never logged; `publishable_key`: the platform's, no secret. */
export interface PaymentIntent {
  provider: string;
  client_secret: string;
  publishable_key: string;
}

export interface PaymentView {
  provider: string;
  status: string;
  redirect_url: string | null;
}

/** `provider`: whom to pay with, the first that the seller offers where none is named; `payment_flow`: `page`, to be sent to the provider's, or `intent`, for a form of one's own. */
export interface PaymentWish {
  provider?: string | null;
  payment_flow?: "intent" | "page";
}

/** Seats and standing places by what they are at this moment; `total`: all of them. A place of a trip counts as what it is on its freest leg. */
export interface PlaceCounts {
  total: number;
  available: number;
  held: number;
  sold: number;
  blocked: number;
}

/** `quantity` of a line's places: all of a seat's, some of a standing area's. */
export interface PlaceWish {
  line_id: string;
  quantity?: number;
}

/** What was blocked or unblocked, by the event's version `version`: seats that were so already are left out. */
export interface PlacesChanged {
  event_id: string;
  version: number;
  seats: number[];
  pools: PoolWish[];
  legs: [number, number];
}

/** With its ledger, the newest first. */
export interface PointAccount {
  id: string;
  org_id: string;
  organization: string;
  balance: number;
  items: PointEntry[];
  next_token: string | null;
}

/** `points`: to add, or below 0 to take away; `note`: why, which the buyer sees. */
export interface PointAdjustment {
  points: number;
  note: string;
}

/** A buyer's points with an organization. */
export interface PointBalance {
  id: string;
  org_id: string;
  organization: string;
  balance: number;
}

/** By the name of the organization. */
export interface PointBalances {
  items: PointBalance[];
}

/** A change of a balance. `note`: why somebody adjusted it. */
export interface PointEntry {
  id: string;
  order_id: string | null;
  kind: "adjusted" | "earned" | "given_back" | "taken_back" | "used";
  points: number;
  note: string;
  created_at: string;
}

export interface PointQuery {
  page_size?: number;
  next_token?: string | null;
}

/** What somebody who is signed in may pay with: of `balance` points at most `usable`, which are worth `usable_minor` here. 0 where the order is too small, or they are too few. */
export interface PointsOffer {
  balance: number;
  usable: number;
  usable_minor: number;
}

/** Loyalty points of who is signed in, in orders in the organization's currency. `earned` points for each `per_minor` that is paid, in proportion and rounded down; `worth_minor`: what one point pays; an order uses `per_order_min` of them or none, and `per_order_max` at most, null for no such limit. Off: none are earned or used; what somebody has stays theirs. */
export interface PointsRule {
  is_on?: boolean;
  earned?: number;
  per_minor?: number;
  worth_minor?: number;
  per_order_min?: number;
  per_order_max?: number | null;
}

/** `open_until`: what `allow_refunds_until` comes to; `is_open`: by the database's clock. */
export interface Policy {
  event_id: string;
  allow_refunds_until: string | null;
  keeps_fees: boolean;
  open_until: string;
  is_open: boolean;
}

/** `allow_refunds_until`: the last moment for it without an override; null until the event begins. `keeps_fees`: the platform's fee is not paid back, nor the tax on it. */
export interface PolicyWish {
  allow_refunds_until?: string | null;
  keeps_fees?: boolean;
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

/** A key that scan tokens may be signed with, as a JSON Web Key. `kid`: its name, 8 hex digits, the first bytes of a token; `x`: 32 bytes as base64url. Source: RFC 8037. */
export interface PublicKey {
  kid: string;
  x: string;
  kty: string;
  crv: string;
  alg: string;
  use: string;
}

/** What an order is asked, once. `id`: what answers name it by, which stays when its words change; `options`: of which one is chosen, empty for a text. */
export interface Question {
  id: string;
  text: string;
  is_required?: boolean;
  options?: string[];
}

/** What a hold would cost with these products, this code and so many loyalty points. */
export interface QuoteRequest {
  hold_id: string;
  products?: ProductWanted[];
  discount_code?: string | null;
  /** Loyalty points to pay with, of who is signed in. */
  points?: number;
}

/** `total_minor` is the sum of `lines` and `products`, and what would be paid now; fee and taxes are in it, the discount is taken off it, and `points_minor` of that is paid with points. `points`: what its buyer may pay with; null for a guest, and where none are taken. `deposit`: with what the order may begin, by dividing its draft so; null where it is paid at once. */
export interface QuoteView {
  currency: string;
  lines: QuotedLine[];
  products: QuotedLine[];
  taxes: TaxLine[];
  fee_minor: number;
  tax_minor: number;
  discount_minor: number;
  total_minor: number;
  points_minor: number;
  points: PointsOffer | null;
  deposit: Deposit | null;
}

/** `unit_price_minor`: all-in, as the map showed it; `discount_minor`: taken off all `quantity` of it; `fee_minor`, `tax_minor`: in `total_minor`. */
export interface QuotedLine {
  label: string;
  ticket_type: string;
  quantity: number;
  unit_price_minor: number;
  discount_minor: number;
  fee_minor: number;
  tax_minor: number;
  total_minor: number;
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

/** `words`: to the buyer. `keeps_fees`: null as the event's policy says. */
export interface RefundApproval {
  words?: string;
  keeps_fees?: boolean | null;
  keeps_places?: boolean;
}

/** What of an order its buyer would like to give back; where `parts` is empty, all of it. `reason`: in the buyer's words; after the event's window there has to be one. */
export interface RefundAsk {
  parts?: PartWish[];
  reason?: string;
}

/** `words`: why, to the buyer. */
export interface RefundDecline {
  words: string;
}

export interface RefundList {
  items: RefundView[];
}

/** `words`: of who decided, to the buyer; `refund_id`: what came of it. */
export interface RefundRequest {
  id: string;
  order_id: string;
  event_id: string;
  event_name: string;
  name: string;
  email: string;
  status: "approved" | "declined" | "open";
  parts: PartWish[];
  reason: string;
  words: string;
  refund_id: string | null;
  created_at: string;
  decided_at: string | null;
}

/** What one payment gives back of a refund. `failed`: its provider refused. */
export interface RefundShare {
  payment_id: string;
  provider: string;
  amount_minor: number;
  status: "failed" | "pending" | "succeeded";
}

/** `amount_minor`: what the buyer gets back, `fee_minor` and `tax_minor`: what of it is fee and tax. `status`: `succeeded` once all has gone back, `failed` where a provider refused some. */
export interface RefundView {
  id: string;
  order_id: string;
  cause: "cancellation" | "deposit" | "dispute" | "organizer" | "provider" | "request";
  amount_minor: number;
  fee_minor: number;
  tax_minor: number;
  currency: string;
  keeps_fees: boolean;
  keeps_places: boolean;
  note: string;
  actor: string;
  created_at: string;
  status: "failed" | "pending" | "succeeded";
  parts: RefundedPart[];
  payments: RefundShare[];
}

/** What of the order goes back; where `parts` is empty, all that did not yet. `keeps_fees`: whether the platform's fee stays; null as the event's policy says. `keeps_places`: whether the places stay off sale. `overrides`: also against the policy, with a `note` that says why. */
export interface RefundWish {
  parts?: PartWish[];
  note?: string;
  keeps_fees?: boolean | null;
  keeps_places?: boolean;
  overrides?: boolean;
}

/** A line or product, or the part of one, that went back, as it was priced. */
export interface RefundedPart {
  id: string;
  label: string;
  quantity: number;
  total_minor: number;
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

/** `holder_name`: of the new ticket; left out, it is the old one's. */
export interface Reissue {
  holder_name?: string | null;
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

export interface RequestPage {
  items: RefundRequest[];
  next_token: string | null;
}

/** Those that wait first where `status` is `open`, else the latest first. */
export interface RequestQuery {
  status?: "approved" | "declined" | "open" | null;
  event_id?: string | null;
  page_size?: number;
  next_token?: string | null;
}

/** To whom an order's tickets go once more. */
export interface Resent {
  to_address: string;
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

export interface SalesByChannel {
  items: ChannelSales[];
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

export interface SalesQuery {
  page_size?: number;
  next_token?: string | null;
}

/** Oldest first; intervals in which nothing happened are left out. */
export interface SalesSeries {
  items: SalesPoint[];
}

/** As `ReportQuery`. `interval`: of one point; `timezone`: where its hours and days begin, an IANA name. */
export interface SalesSeriesQuery {
  event_id?: string | null;
  since?: string | null;
  until?: string | null;
  interval?: "day" | "hour" | "month" | "week";
  timezone?: string;
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

/** The steps that were taken, in their order; what follows one that failed is not tried, but for `cleaned`. `problem`: which step failed and what to look at; null where all held. */
export interface SelfTest {
  has_passed: boolean;
  problem: string | null;
  took_ms: number;
  steps: Step[];
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
  cancelled_at: string | null;
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

/** As its order's buyer sees it. `url`: for who pays it; whoever has it may pay. */
export interface ShareLink {
  position: number;
  name: string | null;
  amount_minor: number;
  places: SharePlaces[];
  status: "open" | "paid" | "paid_back";
  url: string;
}

/** In the order that they were made; none of an order that one person pays. */
export interface ShareLinks {
  items: ShareLink[];
}

/** `redirect_url`: the provider's page. */
export interface SharePayment {
  redirect_url: string;
}

/** A seat, or `quantity` places of a standing area. */
export interface SharePlaces {
  line_id: string;
  label: string;
  quantity: number;
}

/** A share as whoever pays for the order sees it. `places`: none where it is divided evenly. */
export interface ShareView {
  position: number;
  name: string | null;
  amount_minor: number;
  places: SharePlaces[];
  status: "open" | "paid" | "paid_back";
}

/** Who pays for which places. `name`: what the others see. */
export interface ShareWish {
  name: string;
  places: PlaceWish[];
}

/** A map of a shared venue; `latest`: the version that an event would be sold by. */
export interface SharedMap {
  id: string;
  name: string;
  latest: SharedVersion;
}

/** What the link of a share shows. `position`: of the link's own share among `shares`; `expires_at`: until then the places are held, unless somebody pays: then until `extendable_until` at most; count down from `server_time`. `deposit_minor`: the first of two shares, which confirms the order; the other may come until `balance_due_at`, which is null once nothing is open. */
export interface SharedOrder {
  event_id: string;
  buyer_name: string;
  status: "cancelled" | "confirmed" | "draft" | "expired" | "partially_refunded" | "pending" | "refunded";
  note: string | null;
  currency: string;
  total_minor: number;
  paid_minor: number;
  position: number;
  shares: ShareView[];
  expires_at: string;
  extendable_until: string;
  server_time: string;
  deposit_minor: number | null;
  balance_due_at: string | null;
}

/** Another organization's venue, in which events may be had on its published `maps`. `is_exclusive`: its owner hosts whatever is on there, and leaves you `promoter_share_ppm`. */
export interface SharedVenue {
  id: string;
  organization_id: string;
  organization: string;
  name: string;
  address: string;
  city: string;
  country: string;
  timezone: string | null;
  capacity: number | null;
  is_exclusive: boolean;
  promoter_share_ppm: number;
  maps: SharedMap[];
}

/** By name. */
export interface SharedVenues {
  items: SharedVenue[];
  next_token: string | null;
}

/** `seats`: those that are there. */
export interface SharedVersion {
  id: string;
  version: number;
  seats: number;
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

/** `took_ms`: how long it took, or was waited for. */
export interface Step {
  name: "checked_out" | "cleaned" | "confirmed" | "event_made" | "held" | "paid" | "payment_opened" | "refunded" | "seat_free" | "ticket_issued" | "ticket_scanned" | "webhook_received";
  took_ms: number;
  has_held: boolean;
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

/** What of a total is this tax. `is_inclusive`: the organizer's prices have it in them. */
export interface TaxLine {
  name: string;
  rate_ppm: number;
  is_inclusive: boolean;
  amount_minor: number;
}

/** `token`: of the link in the mail; `name`: of who holds the ticket from now on. */
export interface TicketAcceptance {
  token: string;
  name: string;
}

/** A JSON Web Key Set: the first key signs, the others did before. Source: RFC 7517. */
export interface TicketKeys {
  keys: PublicKey[];
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

export interface TicketQuery {
  page_size?: number;
  next_token?: string | null;
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
  ticket_type: string;
  holder_name: string;
  status: "refunded" | "used" | "valid" | "void";
  code: string;
  url: string;
  scan_token: string;
  issued_at: string;
  used_at: string | null;
}

/** A ticket that is offered to somebody, who has until `expires_at` to take it. */
export interface Transfer {
  id: string;
  ticket_id: string;
  to_address: string;
  created_at: string;
  expires_at: string;
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

/** `scan_ids`: of one act, a ticket's or those of a guest's heads, as it was answered. */
export interface UndoRequest {
  scan_ids: string[];
}

/** Who is outside again: the tickets are valid as before. `undone`: how many; 0 where all were before; `labels`: of their places. */
export interface Undone {
  undone: number;
  labels: string[];
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
  promoter_share_ppm?: number;
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
  promoter_share_ppm: number;
  created_at: string;
}

/** `country`: ISO 3166 alpha-2; `timezone`: IANA's name; `latitude` and `longitude`: degrees, WGS 84, both or neither; `capacity`: people that may be inside; `is_shared`: other organizations may have events there, on its maps; `is_exclusive`: its owner hosts whatever is on there; `promoter_share_ppm`: of what such sales leave after fee and taxes, what another organization gets whose event it is, parts per million: as it is when an order is confirmed. */
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
  promoter_share_ppm?: number;
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

/** What a place of this zone costs at this event: `price_minor` where nothing more is said of it; with other prices of its sections, areas and seats from `price_from_minor` to `price_to_minor`. */
export interface ZonePrice {
  idx: number;
  key: string;
  name: string;
  ticket_type_id: string;
  ticket_type: string;
  price_minor: number;
  price_from_minor: number;
  price_to_minor: number;
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
