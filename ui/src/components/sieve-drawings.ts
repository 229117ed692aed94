// Drawings on the sieve: "#" is a cube, "o" the grain, "." a hole.

export const DRAWINGS = {
  wait: ['.........', '....o....', '.........', '####.####', '.........', '.........', '.........'],
  drop: [
    '.............',
    '......o......',
    '.....###.....',
    '....#.#.#....',
    '......#......',
    '......#......',
    '..#.......#..',
    '..#.......#..',
    '..#########..',
  ],
  still: [
    '.............',
    '...#.....#...',
    '..###....#...',
    '.#.#.#...#...',
    '...#.....#...',
    '...#...#.#.#.',
    '...#....###..',
    '...#.....o...',
    '.............',
  ],
  search: [
    '.............',
    '....####.....',
    '...#....#....',
    '...#....#....',
    '...#....#....',
    '....####.....',
    '.........#...',
    '..........o..',
    '.............',
  ],
  key: [
    '.............',
    '.............',
    '..###........',
    '.#...#.......',
    '.#...#######o',
    '.#...#..#.#..',
    '..###........',
    '.............',
    '.............',
  ],
  build: [
    '.............',
    '.....###.....',
    '.....#o#.....',
    '.....###.....',
    '.............',
    '.###.###.###.',
    '.#.#.#.#.#.#.',
    '.###.###.###.',
    '.............',
  ],
  offline: [
    '.............',
    '.....###.....',
    '...##...##...',
    '..#.......#..',
    '.#.........#.',
    '.#.........#.',
    '..#########..',
    '.............',
    '......o......',
  ],
} as const

export type Drawing = keyof typeof DRAWINGS

/** One mark of a drawing, centred at `x`, `y`. */
export interface Mark {
  x: number
  y: number
  kind: 'hole' | 'cube' | 'grain'
}

const STEP = 7
const EDGE = 4

/** The marks of a drawing and the size of its view box. */
export function layOut(name: Drawing): { marks: Mark[]; width: number; height: number } {
  const rows = DRAWINGS[name]
  const marks = rows.flatMap((row, y) =>
    [...row].map((mark, x): Mark => {
      const kind = mark === '#' ? 'cube' : mark === 'o' ? 'grain' : 'hole'
      return { x: x * STEP + EDGE, y: y * STEP + EDGE, kind }
    }),
  )
  return {
    marks,
    width: (rows[0].length - 1) * STEP + 2 * EDGE,
    height: (rows.length - 1) * STEP + 2 * EDGE,
  }
}
