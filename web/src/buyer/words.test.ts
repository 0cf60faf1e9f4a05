import { expect, test } from "vitest";
import { refusalInWords } from "./words";

test("a refusal names the seats that went and what is left to stand on", () => {
  expect(refusalInWords(["Stalls, row B, seat 12"], [])).toBe("Stalls, row B, seat 12 was taken a moment ago.");
  expect(refusalInWords(["Stalls, row B, seat 12", "Box 1, seat 2"], [{ name: "Floor", available: 3 }])).toBe(
    "Stalls, row B, seat 12 and Box 1, seat 2 were taken a moment ago. Floor has only 3 left.",
  );
  expect(refusalInWords(["A", "B", "C", "D", "E", "F"], [])).toBe("A; B; C; D and 2 more were taken a moment ago.");
  expect(refusalInWords([], [{ name: "Floor", available: 0 }])).toBe("Floor is sold out.");
});
