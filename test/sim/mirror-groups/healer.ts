/** Everything is mended: a volume comes to rest, and nothing is left over. */
import { GroupLab, STAND_IN } from './group-lab.ts';
import { stampsIn } from './places.ts';
import type { GroupRun } from './run.ts';
import type { DmDeviceState } from '../../../core/contract/state.ts';
import { scanDisks } from '../../../core/lvm/scan.ts';
import { validateVolumeGroup } from '../../../core/lvm/format/validate.ts';

/** Looks at it, half a second apart. */
const TURNS = 120;
/** Names that parts of `a` and `s` may have. */
const PART = /^[as]_(mimage_\d+|mlog|mlog_mimage_\d+)$/;

const isStandIn = ({ name, openCount }: DmDeviceState): boolean =>
  openCount === 0 && STAND_IN.test(name);
const isUsedStandIn = ({ name, openCount }: DmDeviceState): boolean =>
  openCount > 0 && STAND_IN.test(name);

export class Healer {
  constructor(private readonly run: GroupRun) {}

  async heal(): Promise<void> {
    const { run } = this;
    const { lab, operator } = run;
    for (const index of lab.broken) await run.gremlin.mend(index);
    await operator.type('throttle off');
    await operator.type('lvchange --monitor y vg/a');
    for (let turns = 0; turns < TURNS; turns++) {
      await run.wait(500_000);
      run.follow();
      await operator.restore();
      if (!run.clients.isOpen) {
        await operator.type('lvchange -ay vg/a');
        await run.clients.open();
      }
      if (lab.engine.blockDevices().devices.some(isUsedStandIn)) {
        await operator.type('lvchange --refresh vg/a');
      }
      if (run.isWhole && run.isWell && !run.clients.isBusy) {
        // A disk that was away has the group of that time until somebody writes it anew.
        await operator.type('vgck --updatemetadata vg');
        return;
      }
      if (turns % 8 === 7) await this.help(turns);
    }
    const { group } = run;
    const lvs = group.lvs.map(({ name, attr }) => `${name} ${attr}`).join(', ');
    throw new Error(`no rest: ${lvs}; ${JSON.stringify(lab.mirrors)}`);
  }

  private async help(turns: number): Promise<void> {
    const { operator, isConverting } = this.run;
    if (isConverting) await operator.type('lvconvert -b --startpoll vg/a');
    if (turns % 16 === 7) await operator.type('lvchange --refresh vg/a');
    else await operator.type('lvconvert --repair --use-policies vg/a');
  }

  /** What a command that was cut short has left visible is removed by hand. */
  async tidy(): Promise<void> {
    const { run } = this;
    const { operator, lab } = run;
    const known = (name: string): boolean => name === 'a' || PART.test(name);
    for (const { name } of run.group.lvs.filter((lv) => lv.visible || !known(lv.name))) {
      if (name === 'a') continue;
      if (name !== 's') run.count('leftover');
      if (name !== 's' && !run.mayLeave) throw new Error(`${name} is left over`);
      const { status, said } = await operator.type(`lvremove -y vg/${name}`);
      if (status !== 0) throw new Error(`${name} cannot be removed: ${said}`);
    }
    const odd = run.group.lvs.filter(({ name }) => !known(name));
    if (odd.length > 0) throw new Error(`left over: ${odd.map(({ name }) => name).join()}`);
    // As under Linux, what stood in for a PV stays when its volume has the PV again.
    for (const { name } of lab.engine.blockDevices().devices.filter(isStandIn)) {
      run.count('leftStandIn');
      await operator.type(`dmsetup remove ${name}`);
    }
    const names = run.group.lvs.map(({ dmName }) => dmName);
    const before = lab.engine.blockDevices().devices;
    for (const { name } of before.filter((one) => !names.includes(one.name))) {
      if (!run.ofOlder.has(name)) continue;
      run.count('leftOlder');
      await operator.type(`dmsetup remove ${name}`);
    }
    const { devices } = lab.engine.blockDevices();
    for (const { name, suspended, inactive } of devices) {
      if (suspended || inactive) throw new Error(`${name} is left in a change`);
      if (!names.includes(name)) throw new Error(`the device ${name} belongs to nothing`);
    }
  }

  async check(): Promise<void> {
    const { run } = this;
    const { lab, operator } = run;
    for (let time = 0; time < 3; time++) await run.clients.readAll();
    const { status, said } = await operator.type('vgck vg');
    if (status !== 0) throw new Error(`vgck: ${said}`);
    await run.clients.close();
    const down = await operator.type('lvchange -an vg/a');
    if (down.status !== 0) throw new Error(`it does not go down: ${down.said}`);
    const left = lab.engine.blockDevices().devices.map(({ name }) => name);
    if (left.length > 0) throw new Error(`devices are left: ${left.join()}`);
    this.compareCopies();
    await lab.close();
    await this.checkMetadata();
  }

  /** All legs hold the same, and it is what must be there. */
  private compareCopies(): void {
    const { run } = this;
    const { data, lab } = run;
    const copies = run.members.copiesOf(run.group, 'a');
    const stamps = copies.map((copy) => stampsIn(copy, lab.disks, data.length));
    for (let at = 0; at < data.length; at++) {
      if (data.loose.has(at)) continue;
      const own = stamps.map((leg) => leg[at]);
      if (own.some((stamp) => stamp !== own[0])) {
        throw new Error(`sector ${at}: legs hold ${own.join(' and ')}`);
      }
      run.count('copiesCompared');
    }
  }

  private async checkMetadata(): Promise<void> {
    const { disks } = this.run.lab;
    const found = await scanDisks(
      disks.map((device, index) => ({ path: GroupLab.path(index), device })),
    );
    const [scanned, ...others] = found.vgs;
    if (!scanned || others.length > 0) throw new Error(`${found.vgs.length} groups`);
    const { vg, devices } = scanned;
    const faults = validateVolumeGroup(vg);
    if (faults.length > 0) throw new Error(`invalid: ${JSON.stringify(faults)}`);
    for (const { id } of vg.pvs) {
      const areas = devices.get(id)?.areas ?? [];
      const seqnos = areas.flatMap((area) => (area.vg ? [area.vg.seqno] : []));
      if (seqnos.length > 0 && seqnos.every((seqno) => seqno === vg.seqno)) continue;
      throw new Error(`metadata ${seqnos.join()} on ${id}, not ${vg.seqno}`);
    }
  }
}
