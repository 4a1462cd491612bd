import { isOther, type Subject } from './choose-fields.ts';

/** What `-S help` says of operands and operators, as LVM 2.03.16 prints it. */
const SELECTION_HELP: readonly string[] = `
Selection operands
------------------
  field               - Reporting field.
  number              - Non-negative integer value.
  size                - Floating point value with units, 'm' unit used by default if not specified.
  percent             - Non-negative integer with or without % suffix.
  string              - Characters quoted by ' or " or unquoted.
  string list         - Strings enclosed by [ ] or { } and elements delimited by either
                        "all items must match" or "at least one item must match" operator.
  regular expression  - Characters quoted by ' or " or unquoted.
 
Reserved values
---------------
  -1, unknown, undefined, undef   - Reserved value for undefined numeric value. [number]
  allocatable, yes                -  [unknown]
  allocatable, no                 -  [unknown]
  exported, yes                   -  [unknown]
  exported, no                    -  [unknown]
  missing, yes                    -  [unknown]
  missing, no                     -  [unknown]
  used, in use, yes               -  [unknown]
  used, in use, no                -  [unknown]
  duplicate, yes                  -  [unknown]
  duplicate, no                   -  [unknown]
  extendable, yes                 -  [unknown]
  extendable, no                  -  [unknown]
  exported, yes                   -  [unknown]
  exported, no                    -  [unknown]
  partial, yes                    -  [unknown]
  partial, no                     -  [unknown]
  clustered, yes                  -  [unknown]
  clustered, no                   -  [unknown]
  shared, yes                     -  [unknown]
  shared, no                      -  [unknown]
  writeable, rw, read-write       -  [unknown]
  read-only, r, ro                -  [unknown]
 
Selection operators
-------------------
  Comparison operators:
        =~  - Matching regular expression. [regex]
        !~  - Not matching regular expression. [regex]
         =  - Equal to. [number, size, percent, string, string list, time]
        !=  - Not equal to. [number, size, percent, string, string_list, time]
        >=  - Greater than or equal to. [number, size, percent, time]
         >  - Greater than. [number, size, percent, time]
        <=  - Less than or equal to. [number, size, percent, time]
         <  - Less than. [number, size, percent, time]
     since  - Since specified time (same as '>='). [time]
     after  - After specified time (same as '>'). [time]
     until  - Until specified time (same as '<='). [time]
    before  - Before specified time (same as '<'). [time]
 
  Logical and grouping operators:
      &&  - All fields must match
       ,  - All fields must match
      ||  - At least one field must match
       #  - At least one field must match
       !  - Logical negation
       (  - Left parenthesis
       )  - Right parenthesis
       [  - List start
       ]  - List end
       {  - List subset start
       }  - List subset end
 `
  .slice(1)
  .split('\n');

/** Words stand for values of fields of what there is; a log has none of these. */
export function selectionWords(subject: Subject): readonly string[] {
  const [from, to] = ['Reserved values', 'Selection operators'].map((title) =>
    SELECTION_HELP.indexOf(title),
  );
  const shown = SELECTION_HELP.filter(
    (_line, at) => !isOther(subject) || at < (from ?? 0) || at >= (to ?? 0),
  );
  return shown.map((line) => (line === '' ? ' ' : line));
}
