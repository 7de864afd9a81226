/** Where the page looks: read from its address, and from what its server says of itself. */

import { cityPlan } from './city-link.ts';
import { CitySource } from './city-source.ts';
import type { CityPlan } from './city-words.ts';
import { LiveSource } from './live-source.ts';
import type { Source } from './source.ts';

export type Place =
  | { readonly kind: 'city'; readonly plan: CityPlan }
  | { readonly kind: 'live'; readonly host: string; readonly token: string | undefined };

/** The token is kept for this tab alone. */
const TOKEN_KEY = 'greenwave-token';

export const sourceAt = (place: Place): Source =>
  place.kind === 'city' ? new CitySource(place.plan) : new LiveSource(place.host, place.token);

/** A city, unless the server streams a district and nobody asked for a city. */
export const placeOf = (address: Location): Place => {
  const query = new URLSearchParams(address.search);
  return isServedLive() && !query.has('district')
    ? livePlace(address)
    : { kind: 'city', plan: cityPlan(query) };
};

/** The district that the server of this page streams. */
export const livePlace = (address: Location): Place => ({
  kind: 'live',
  host: address.host,
  token: tokenOf(address),
});

/** Whether the server of this page streams a district. */
export const isServedLive = (): boolean =>
  document.querySelector<HTMLMetaElement>('meta[name=greenwave]')?.content === 'live';

/** What stands behind `#` is sent to nobody; it is taken out of the address all the same. */
const tokenOf = ({ hash, pathname, search }: Location): string | undefined => {
  const given = new URLSearchParams(hash.slice(1)).get('token');
  if (given !== null) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, '', pathname + search);
  }
  return given ?? sessionStorage.getItem(TOKEN_KEY) ?? undefined;
};
