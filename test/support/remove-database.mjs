import { rm } from 'node:fs/promises';

/** Runs once after all tests. */
export default async function removeDatabase() {
  if (process.env.IBID_TEST_DIRECTORY) await rm(process.env.IBID_TEST_DIRECTORY, { recursive: true, force: true });
}
