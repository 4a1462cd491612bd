/** Percentages of reports, as C prints them: what lies exactly between goes to the even digit. */
import { expect, test } from 'vitest';
import { DEFAULT_UNITS } from '../../../core/report/size-text.ts';
import { cellOf } from '../../../core/report/value.ts';

test.each([
  [28.125, '28.12'],
  [28.375, '28.38'],
  [9.9609375, '9.96'],
  [100, '100.00'],
])('%s', (amount, text) => {
  const style = { units: DEFAULT_UNITS, suffix: true, binary: false };
  expect(cellOf('percent', { kind: 'amount', amount }, style).text).toBe(text);
});
