/** The views of the page, in the order of their tabs. A new view is a file and a line here. */
import type { View } from './view.ts';

export const views: readonly View[] = [
  { id: 'map', title: 'Streets', load: () => import('./map/street-map.tsx') },
  { id: 'cluster', title: 'Cluster', load: () => import('./cluster/cluster.tsx') },
  { id: 'time-space', title: 'Time-space', load: () => import('./time-space/time-space.tsx') },
  { id: 'charts', title: 'Statecharts', load: () => import('./statecharts/statecharts.tsx') },
  { id: 'messages', title: 'Messages', load: () => import('./messages/messages.tsx') },
];
