/** Weights of the state checksum that heartbeats carry. */

/** MurmurHash3's 32-bit finalizer; returns an unsigned 32-bit integer. Source: MurmurHash3, Appleby. */
export function fmix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Weight of position `idx`: seats come first, pools follow at `seat count + pool index`. */
export function weight(idx: number): number {
  return fmix32(idx + 1);
}

/** (sum state_i * H(i) + sum available_j * H(n + j)) mod 2^32, with n the number of seats. */
export function checksum(states: ArrayLike<number>, pools: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < states.length; i++) {
    if (states[i] !== 0) sum = (sum + Math.imul(states[i]!, weight(i))) | 0;
  }
  for (let j = 0; j < pools.length; j++) {
    sum = (sum + Math.imul(pools[j]!, weight(states.length + j))) | 0;
  }
  return sum >>> 0;
}
