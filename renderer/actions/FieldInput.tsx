import { useId, type ReactElement } from 'react';
import type { ActionField } from './action.ts';

interface Props {
  readonly field: ActionField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function FieldInput({ field, value, onChange }: Props): ReactElement {
  const id = useId();
  if (field.kind === 'choices') return <Choices field={field} value={value} onChange={onChange} />;
  const common = { id, value, 'aria-describedby': `${id}-hint` };
  const { meanings } = field;
  return (
    <div className={meanings ? 'field wide' : 'field'}>
      <label htmlFor={id}>{field.label}</label>
      {field.kind === 'choice' ? (
        <select
          {...common}
          onChange={(event) => {
            onChange(event.target.value);
          }}
        >
          {field.options?.map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type={field.kind}
          min={field.least ?? 1}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            onChange(event.target.value);
          }}
        />
      )}
      <small id={`${id}-hint`}>{meanings?.[value] ?? field.hint ?? ''}</small>
    </div>
  );
}

function Choices({ field, value, onChange }: Props): ReactElement {
  const chosen = value.split(' ').filter(Boolean);
  return (
    <fieldset className="field">
      <legend>{field.label}</legend>
      {field.options?.map((option) => (
        <label key={option} className="choice">
          <input
            type="checkbox"
            checked={chosen.includes(option)}
            onChange={(event) => {
              const rest = chosen.filter((one) => one !== option);
              onChange([...rest, ...(event.target.checked ? [option] : [])].join(' '));
            }}
          />
          {option}
        </label>
      ))}
    </fieldset>
  );
}
