// The few words that stand outside the frame.
const WORDS = {
  en: ["Open the chat", "Close the chat", "The chat could not be loaded.", "Try again"],
  de: ["Chat öffnen", "Chat schließen", "Der Chat konnte nicht geladen werden.", "Erneut versuchen"],
  fr: ["Ouvrir la discussion", "Fermer la discussion", "La discussion n’a pas pu être chargée.", "Réessayer"],
  es: ["Abrir el chat", "Cerrar el chat", "No se pudo cargar el chat.", "Reintentar"],
  ar: ["فتح المحادثة", "إغلاق المحادثة", "تعذّر تحميل المحادثة.", "إعادة المحاولة"],
  he: ["פתיחת הצ׳אט", "סגירת הצ׳אט", "לא ניתן היה לטעון את הצ׳אט.", "נסו שוב"],
};

/** Return `[open, close, trouble, again]` in the first of the languages that is known. */
export function wordsIn(...languages) {
  const known = languages.map((language) => String(language || "").toLowerCase().split("-")[0]).find((code) => Object.hasOwn(WORDS, code));
  return WORDS[known ?? "en"];
}
