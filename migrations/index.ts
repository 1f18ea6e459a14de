import { Citations } from './20261124-citations.js';
import { Core } from './20261124-core.js';
import { Sync } from './20261124-sync.js';

/** In the order in which they run; never changed once released, only added to. */
export const MIGRATIONS = [
  { name: '20261124-core', class: Core },
  { name: '20261124-sync', class: Sync },
  { name: '20261124-citations', class: Citations },
];
