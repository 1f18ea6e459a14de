// PostGraphile as its documentation starts it in production: the Amber preset, without the page for people.
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';

export default {
  extends: [PostGraphileAmberPreset],
  grafserv: { graphiql: false, websockets: false, watch: false },
};
