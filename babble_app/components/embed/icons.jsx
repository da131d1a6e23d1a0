// The frame's few icons, drawn by hand.
const PATHS = {
  send: "M12 19V5M6 11l6-6 6 6",
  stop: "M7 7h10v10H7z",
  plus: "M12 5v14M5 12h14",
  clock: "M12 7v5l3 2M21 12a9 9 0 1 1-3-6.7",
  close: "M6 6l12 12M18 6L6 18",
  back: "M15 5l-7 7 7 7",
  up: "M7 11v9H4v-9zM7 11l4-7c2 0 2.500 1.500 2 3l-.7 3H19c1 0 1.800 1 1.500 2l-1.600 6.500c-.2.900-1 1.500-1.900 1.500H7",
  down: "M17 13V4h3v9zM17 13l-4 7c-2 0-2.500-1.500-2-3l.7-3H5c-1 0-1.800-1-1.500-2L5.100 5.500C5.300 4.600 6.100 4 7 4h10",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  check: "M5 12l5 5 9-10",
  clip: "M20 11l-8 8a5 5 0 0 1-7-7l8-8a3.300 3.300 0 0 1 5 5l-8 8a1.700 1.700 0 0 1-2.500-2.500l7-7",
  end: "M12 5v14M6 13l6 6 6-6",
};

export function Icon({ name }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="embed-icon" data-icon={name}>
      <path d={PATHS[name]} />
    </svg>
  );
}

export function IconButton({ name, label, ...rest }) {
  return (
    <button type="button" className="embed-icon-button" aria-label={label} title={label} {...rest}>
      <Icon name={name} />
    </button>
  );
}
