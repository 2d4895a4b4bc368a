/** How is a password typed? A field of its own kind, so that browsers keep and offer the right one. */

interface HiddenProps {
  readonly label: string;
  readonly value: string;
  readonly kind: 'current-password' | 'new-password';
  readonly least?: number;
  readonly onInput: (value: string) => void;
}

export function Hidden({ label, value, kind, least, onInput }: HiddenProps) {
  return (
    <label>
      {label}
      <input
        type="password"
        required
        minLength={least}
        autocomplete={kind}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
