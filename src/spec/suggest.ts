/** Edits between two names that still pass for a slip of the pen. */
function editsAllowed(length: number): number {
  if (length <= 3) return 1;
  return length <= 7 ? 2 : 3;
}

/**
 * The candidate that `name` was probably meant to be, or null. Case does not count; a swap of two neighbours counts as one
 * edit (optimal string alignment distance).
 */
export function closestName(name: string, candidates: Iterable<string>): string | null {
  if (name.length === 0 || name.length > 60) return null;
  const wanted = name.toLowerCase();
  let best: string | null = null;
  let bestEdits = editsAllowed(name.length) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestEdits) continue;
    const edits = editDistance(wanted, candidate.toLowerCase());
    // A name that shares nothing but its length is no suggestion.
    if (edits < bestEdits && edits < Math.max(name.length, candidate.length) - 1) {
      best = candidate;
      bestEdits = edits;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let old = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min((old[j] as number) + 1, (row[j - 1] as number) + 1, (old[j - 1] as number) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (older[j - 2] as number) + 1);
      }
      row.push(edits);
    }
    older = old;
    old = row;
  }
  return old[b.length] as number;
}

/** `did you mean "x"?`, or null where nothing comes close. */
export function didYouMean(name: string, candidates: Iterable<string>): string | null {
  const meant = closestName(name, candidates);
  return meant === null ? null : `did you mean ${JSON.stringify(meant)}?`;
}
