// What the map of the board draws of the numbers, without a map.
export interface Numbers {
  readonly name: string;
  readonly open: number;
  readonly late: number;
  readonly hurried: number;
}

export interface Disc {
  readonly code: string;
  readonly label: string;
  readonly name: string;
  readonly radius: number; // pixels
  readonly lateShare: number; // 0 to 1
}

export const LARGEST = 34;
export const SMALLEST = 11;

// The area of a disc, not its radius, goes with the number; the largest disc stands for the largest number.
export function discs(areas: Readonly<Record<string, Numbers>>): Disc[] {
  const most = Math.max(1, ...Object.values(areas).map((numbers) => numbers.open));
  return Object.entries(areas)
    .filter(([, numbers]) => numbers.open > 0)
    .map(([code, numbers]) => ({
      code,
      label: String(numbers.open),
      name: numbers.name,
      radius: SMALLEST + (LARGEST - SMALLEST) * Math.sqrt(numbers.open / most),
      lateShare: numbers.late / numbers.open,
    }));
}
