/** Which fields are columns: all there are, found by name or meaning. */
import { useState, type ReactElement } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { ReportField } from '../../core/contract/report.ts';
import { toggled, type ReportShape } from './report-shape.ts';

interface Props {
  readonly fields: readonly ReportField[];
  readonly shape: ReportShape;
  readonly onChange: (shape: ReportShape) => void;
}

export function ColumnChooser({ fields, shape, onChange }: Props): ReactElement {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        className="quiet"
        onPress={() => {
          setOpen(true);
        }}
      >
        Columns…
      </Button>
      <ModalOverlay className="overlay" isDismissable isOpen={open} onOpenChange={setOpen}>
        <Modal className="modal">
          <Dialog className="dialog columns">
            <Heading slot="title">Columns</Heading>
            <Fields fields={fields} shape={shape} onChange={onChange} />
            <div className="buttons">
              <Button slot="close" className="primary">
                Close
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </>
  );
}

function Fields({ fields, shape, onChange }: Props): ReactElement {
  const [wanted, setWanted] = useState('');
  const low = wanted.toLowerCase();
  const found = fields.filter(({ name, heading, about }) =>
    [name, heading, about].some((text) => text.toLowerCase().includes(low)),
  );
  const sections = [...new Set(found.map(({ section }) => section))];
  return (
    <>
      <input
        type="search"
        aria-label="Find a field"
        placeholder="Name, heading or meaning"
        autoFocus
        value={wanted}
        onChange={(event) => {
          setWanted(event.target.value);
        }}
      />
      {found.length === 0 && <p className="empty">No field is called that.</p>}
      {sections.map((section) => (
        <fieldset key={section}>
          <legend>{section}</legend>
          {found
            .filter((field) => field.section === section)
            .map(({ name, heading, about }) => (
              <label key={name} className="choice">
                <input
                  type="checkbox"
                  checked={shape.columns.includes(name)}
                  onChange={() => {
                    onChange(toggled(shape, name));
                  }}
                />
                <span>
                  <strong>{name}</strong> {heading} <small>{about}</small>
                </span>
              </label>
            ))}
        </fieldset>
      ))}
    </>
  );
}
