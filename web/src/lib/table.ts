import type { Model } from "../feed/follower";

/** Puts changed rows in place of those with the same key; new ones come last. */
export function withChanges<Row>(rows: Row[], changed: Row[], keyOf: (row: Row) => string): Row[] {
  const byKey = new Map(changed.map((row) => [keyOf(row), row]));
  const known = new Set(rows.map(keyOf));
  return [
    ...rows.map((row) => byKey.get(keyOf(row)) ?? row),
    ...changed.filter((row) => !known.has(keyOf(row))),
  ];
}

/** A channel whose whole state is one value, replaced at each update. */
export function valueModel<S, D>(fold: (state: S | null, update: S | D) => S): Model<S, D, S> {
  let state: S | null = null;
  return {
    load: (snapshot) => (state = fold(null, snapshot)),
    apply: (delta) => (state = fold(state, delta)),
  };
}
