/** Places of the largest numbers above 0, largest first; of equals the first. @param most how many at most */
export function largestOf(numbers: Int32Array, most: number): number[] {
  const places: number[] = [];
  for (let place = 0; place < numbers.length; place++) {
    const number = numbers[place];
    if (number === 0 || (places.length === most && number <= numbers[places[most - 1]])) continue;
    let at = Math.min(places.length, most - 1);
    while (at > 0 && numbers[places[at - 1]] < number) {
      places[at] = places[at - 1];
      at--;
    }
    places[at] = place;
  }
  return places;
}
