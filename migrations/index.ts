import { Citations } from './20261124-citations.js';
import { Core } from './20261124-core.js';
import { Embeddings } from './20261125-embeddings.js';
import { Evaluation } from './20261124-evaluation.js';
import { Reembedding } from './20261124-reembedding.js';
import { Streams } from './20261125-streams.js';
import { Sync } from './20261124-sync.js';
import { Terms } from './20261124-terms.js';
import { Failover } from './20261125-failover.js';
import { Limits } from './20261125-limits.js';
import { Branches } from './20261125-branches.js';
import { Search } from './20261129-search.js';
import { HalfVectors } from './20261130-half-vectors.js';
import { TermSpace } from './20261201-term-space.js';
import { VectorLengths } from './20261202-vector-lengths.js';
import { Truncated } from './20261203-truncated.js';
import { ConfiguredModels } from './20261204-configured-models.js';
import { CutVersion } from './20261205-cut-version.js';
import { RepositoryKey } from './20261206-repository-key.js';

/** In the order in which they run; never changed once released, only added to. */
export const MIGRATIONS = [
  { name: '20261124-core', class: Core },
  { name: '20261124-sync', class: Sync },
  { name: '20261124-terms', class: Terms },
  { name: '20261124-reembedding', class: Reembedding },
  { name: '20261124-evaluation', class: Evaluation },
  { name: '20261124-citations', class: Citations },
  { name: '20261125-embeddings', class: Embeddings },
  { name: '20261125-streams', class: Streams },
  { name: '20261125-failover', class: Failover },
  { name: '20261125-limits', class: Limits },
  { name: '20261125-branches', class: Branches },
  { name: '20261129-search', class: Search },
  { name: '20261130-half-vectors', class: HalfVectors },
  { name: '20261201-term-space', class: TermSpace },
  { name: '20261202-vector-lengths', class: VectorLengths },
  { name: '20261203-truncated', class: Truncated },
  { name: '20261204-configured-models', class: ConfiguredModels },
  { name: '20261205-cut-version', class: CutVersion },
  { name: '20261206-repository-key', class: RepositoryKey },
];
