// Applies the theme that is kept with the account; Reflex's own way from the server would need eval.
import { useContext, useEffect } from "react";
import { ColorModeContext } from "$/utils/context-registry";

export function ThemeSync({ theme }) {
  const { rawColorMode, setColorMode } = useContext(ColorModeContext);
  useEffect(() => {
    if (theme && theme !== rawColorMode) {
      setColorMode(theme);
    }
  }, [theme]);
  return null;
}
