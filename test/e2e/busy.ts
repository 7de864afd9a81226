/** Makes a running district say a lot. */
import { observing } from '../../bin/observer.ts';
import { checkDistrict } from '../../protocol/check-district.ts';
import type { DistrictFile } from '../../protocol/district.ts';
import type { Plan } from '../../protocol/plan.ts';

/** Has so many plans adopted, each as the one that is: more than fits any buffer is said of them. */
export const busy = (file: DistrictFile, count: number) => {
  const checked = checkDistrict(file);
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return observing(checked.district, { interface: '127.0.0.1' }, async (observer) => {
    const plan = observer.state().plan as Plan;
    for (let k = 0; k < count; k += 20) {
      const some = Array.from({ length: 20 }, (_, j) => ({ ...plan, id: `busy.${k + j}` }));
      await Promise.all(some.map((one) => observer.commit({ kind: 'plan.adopt', plan: one })));
    }
  });
};
