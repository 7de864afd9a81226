/** Makes a running district say a lot. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Observer, observing } from '../../bin/observer.ts';
import { checkDistrict } from '../../protocol/check-district.ts';
import type { DistrictFile } from '../../protocol/district.ts';
import type { Plan } from '../../protocol/plan.ts';

const PLAN_MS_MAX = 20_000;

/** The plan of the district: its leader proposes one when it has come to lead. */
const agreedPlan = async (observer: Observer): Promise<Plan> => {
  const limit = performance.now() + PLAN_MS_MAX;
  while (performance.now() < limit) {
    const { plan } = observer.state();
    if (plan) return plan;
    await wait(50);
  }
  throw new Error('the district has agreed on no plan');
};

/** Has so many plans adopted, each as the one that is: more than fits any buffer is said of them. */
export const busy = (file: DistrictFile, count: number) => {
  const checked = checkDistrict(file);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return observing(checked.district, { interface: '127.0.0.1' }, async (observer) => {
    const plan = await agreedPlan(observer);
    for (let k = 0; k < count; k += 20) {
      const some = Array.from({ length: 20 }, (_, j) => ({ ...plan, id: `busy.${k + j}` }));
      await Promise.all(some.map((one) => observer.commit({ kind: 'plan.adopt', plan: one })));
    }
  });
};
