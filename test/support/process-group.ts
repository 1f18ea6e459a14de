/** Whether any process of a group is there. */
export function isGroupAlive(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}

/** Whether the whole group is gone within 20 seconds: ended processes stay listed until the system has reaped them. */
export async function isGroupGone(group: number): Promise<boolean> {
  const deadline = Date.now() + 20_000;
  while (isGroupAlive(group) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 10));
  return !isGroupAlive(group);
}
