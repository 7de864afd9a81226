/** Numbers from 0 to 1 of which any few that follow each other are spread evenly (a Weyl sequence by
 *  the golden ratio): lots that give each its share without being drawn. */
const STEP = 0.618_033_988_75;

export const spread = (k: number): number => (k * STEP) % 1;
