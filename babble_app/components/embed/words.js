// All words of the frame, by language. A new language: one more column of the same keys (a test compares them).
const en = {
  send: "Send", stop: "Stop", close: "Close", newChat: "New chat", history: "Earlier conversations", back: "Back", menu: "Conversation",
  placeholder: "Write a message…", hello: "How can I help you?", you: "You", answer: "Answer", thinking: "Thinking…", loading: "Loading…",
  good: "Good answer", bad: "Bad answer", comment: "What was wrong? (optional)", sendComment: "Send", thanks: "Thank you.",
  sources: "Sources", page: "page", copy: "Copy", copied: "Copied", wants: "{name} wants to act on this page", once: "Allow once",
  always: "Always allow", refuse: "Refuse", details: "Show what is passed on", working: "Working on the page…", used: "Used {name}",
  failedTool: "{name} did not work", refusedTool: "{name} was not allowed", person: "A person is here", personNamed: "{name} is here, a person", attach: "Attach a file",
  uploading: "Sending {name}…", again: "Try again", noHistory: "No earlier conversations yet.", untitled: "New conversation",
  ended: "This conversation has ended.", offline: "You are offline. What you write is kept.", stopped: "Stopped.",
  latest: "Jump to the latest", made: "Answers come from a computer and may be wrong.", waitFor: "Try again in {seconds} s.",
  rate_limited: "That was a lot at once. Please wait a moment.", budget_exhausted: "This assistant has reached its limit for now. Please come back later.",
  origin_not_allowed: "This assistant may not be used on this page.", invalid_token: "This assistant is not available here any more.",
  app_paused: "This assistant is taking a break. Please come back later.", lost: "The connection was lost. Your message is kept.",
  other: "Something went wrong. Please try again.",
};
const de = {
  send: "Senden", stop: "Anhalten", close: "Schließen", newChat: "Neues Gespräch", history: "Frühere Gespräche", back: "Zurück", menu: "Gespräch",
  placeholder: "Nachricht schreiben…", hello: "Wie kann ich helfen?", you: "Sie", answer: "Antwort", thinking: "Denkt nach…", loading: "Lädt…",
  good: "Gute Antwort", bad: "Schlechte Antwort", comment: "Was war falsch? (freiwillig)", sendComment: "Senden", thanks: "Danke.",
  sources: "Quellen", page: "Seite", copy: "Kopieren", copied: "Kopiert", wants: "{name} möchte auf dieser Seite handeln", once: "Einmal erlauben",
  always: "Immer erlauben", refuse: "Ablehnen", details: "Zeigen, was übergeben wird", working: "Arbeitet auf der Seite…", used: "{name} verwendet",
  failedTool: "{name} hat nicht geklappt", refusedTool: "{name} wurde nicht erlaubt", person: "Ein Mensch ist da", personNamed: "{name} ist da, ein Mensch", attach: "Datei anhängen",
  uploading: "{name} wird gesendet…", again: "Erneut versuchen", noHistory: "Noch keine früheren Gespräche.", untitled: "Neues Gespräch",
  ended: "Dieses Gespräch ist beendet.", offline: "Sie sind offline. Ihr Text bleibt erhalten.", stopped: "Angehalten.",
  latest: "Zum Ende springen", made: "Antworten kommen von einem Computer und können falsch sein.", waitFor: "Erneut möglich in {seconds} s.",
  rate_limited: "Das war viel auf einmal. Bitte warten Sie einen Moment.", budget_exhausted: "Dieser Assistent hat sein Limit erreicht. Bitte kommen Sie später wieder.",
  origin_not_allowed: "Dieser Assistent darf auf dieser Seite nicht verwendet werden.", invalid_token: "Diesen Assistenten gibt es hier nicht mehr.",
  app_paused: "Dieser Assistent macht gerade Pause. Bitte kommen Sie später wieder.", lost: "Die Verbindung ist abgerissen. Ihre Nachricht bleibt erhalten.",
  other: "Etwas ist schiefgegangen. Bitte versuchen Sie es erneut.",
};
const fr = {
  send: "Envoyer", stop: "Arrêter", close: "Fermer", newChat: "Nouvelle discussion", history: "Discussions précédentes", back: "Retour", menu: "Discussion",
  placeholder: "Écrivez un message…", hello: "Comment puis-je vous aider ?", you: "Vous", answer: "Réponse", thinking: "Réflexion…", loading: "Chargement…",
  good: "Bonne réponse", bad: "Mauvaise réponse", comment: "Qu’est-ce qui n’allait pas ? (facultatif)", sendComment: "Envoyer", thanks: "Merci.",
  sources: "Sources", page: "page", copy: "Copier", copied: "Copié", wants: "{name} veut agir sur cette page", once: "Autoriser une fois",
  always: "Toujours autoriser", refuse: "Refuser", details: "Voir ce qui est transmis", working: "Action sur la page…", used: "{name} utilisé",
  failedTool: "{name} n’a pas fonctionné", refusedTool: "{name} n’a pas été autorisé", person: "Une personne est là", personNamed: "{name} est là, en personne", attach: "Joindre un fichier",
  uploading: "Envoi de {name}…", again: "Réessayer", noHistory: "Aucune discussion précédente.", untitled: "Nouvelle discussion",
  ended: "Cette discussion est terminée.", offline: "Vous êtes hors ligne. Votre texte est conservé.", stopped: "Arrêté.",
  latest: "Aller à la fin", made: "Les réponses viennent d’un ordinateur et peuvent être fausses.", waitFor: "Réessayez dans {seconds} s.",
  rate_limited: "C’était beaucoup d’un coup. Patientez un instant.", budget_exhausted: "Cet assistant a atteint sa limite. Revenez plus tard.",
  origin_not_allowed: "Cet assistant ne peut pas être utilisé sur cette page.", invalid_token: "Cet assistant n’est plus disponible ici.",
  app_paused: "Cet assistant fait une pause. Revenez plus tard.", lost: "La connexion a été perdue. Votre message est conservé.",
  other: "Une erreur s’est produite. Veuillez réessayer.",
};
const es = {
  send: "Enviar", stop: "Detener", close: "Cerrar", newChat: "Nueva conversación", history: "Conversaciones anteriores", back: "Atrás", menu: "Conversación",
  placeholder: "Escribe un mensaje…", hello: "¿En qué puedo ayudarte?", you: "Tú", answer: "Respuesta", thinking: "Pensando…", loading: "Cargando…",
  good: "Buena respuesta", bad: "Mala respuesta", comment: "¿Qué estaba mal? (opcional)", sendComment: "Enviar", thanks: "Gracias.",
  sources: "Fuentes", page: "página", copy: "Copiar", copied: "Copiado", wants: "{name} quiere actuar en esta página", once: "Permitir una vez",
  always: "Permitir siempre", refuse: "Rechazar", details: "Ver lo que se envía", working: "Trabajando en la página…", used: "Se usó {name}",
  failedTool: "{name} no funcionó", refusedTool: "{name} no fue permitido", person: "Hay una persona aquí", personNamed: "{name} está aquí, es una persona", attach: "Adjuntar un archivo",
  uploading: "Enviando {name}…", again: "Reintentar", noHistory: "Aún no hay conversaciones anteriores.", untitled: "Nueva conversación",
  ended: "Esta conversación ha terminado.", offline: "No tienes conexión. Lo que escribes se conserva.", stopped: "Detenido.",
  latest: "Ir al final", made: "Las respuestas son de un ordenador y pueden ser erróneas.", waitFor: "Reintenta en {seconds} s.",
  rate_limited: "Eso fue mucho de una vez. Espera un momento.", budget_exhausted: "Este asistente ha llegado a su límite. Vuelve más tarde.",
  origin_not_allowed: "Este asistente no puede usarse en esta página.", invalid_token: "Este asistente ya no está disponible aquí.",
  app_paused: "Este asistente está en pausa. Vuelve más tarde.", lost: "Se perdió la conexión. Tu mensaje se conserva.",
  other: "Algo salió mal. Inténtalo de nuevo.",
};
const ar = {
  send: "إرسال", stop: "إيقاف", close: "إغلاق", newChat: "محادثة جديدة", history: "المحادثات السابقة", back: "رجوع", menu: "المحادثة",
  placeholder: "اكتب رسالة…", hello: "كيف يمكنني مساعدتك؟", you: "أنت", answer: "الإجابة", thinking: "جارٍ التفكير…", loading: "جارٍ التحميل…",
  good: "إجابة جيدة", bad: "إجابة سيئة", comment: "ما الخطأ؟ (اختياري)", sendComment: "إرسال", thanks: "شكرًا لك.",
  sources: "المصادر", page: "صفحة", copy: "نسخ", copied: "تم النسخ", wants: "يريد {name} تنفيذ إجراء في هذه الصفحة", once: "السماح مرة واحدة",
  always: "السماح دائمًا", refuse: "رفض", details: "عرض ما يتم تمريره", working: "جارٍ العمل على الصفحة…", used: "تم استخدام {name}",
  failedTool: "لم ينجح {name}", refusedTool: "لم يُسمح لـ {name}", person: "يوجد شخص هنا", personNamed: "{name} هنا، وهو شخص حقيقي", attach: "إرفاق ملف",
  uploading: "جارٍ إرسال {name}…", again: "إعادة المحاولة", noHistory: "لا توجد محادثات سابقة بعد.", untitled: "محادثة جديدة",
  ended: "انتهت هذه المحادثة.", offline: "أنت غير متصل. ما تكتبه محفوظ.", stopped: "تم الإيقاف.",
  latest: "الانتقال إلى الأحدث", made: "الإجابات من حاسوب وقد تكون خاطئة.", waitFor: "أعد المحاولة بعد {seconds} ث.",
  rate_limited: "كان ذلك كثيرًا دفعة واحدة. انتظر لحظة من فضلك.", budget_exhausted: "بلغ هذا المساعد حدّه حاليًا. عد لاحقًا من فضلك.",
  origin_not_allowed: "لا يمكن استخدام هذا المساعد في هذه الصفحة.", invalid_token: "لم يعد هذا المساعد متاحًا هنا.",
  app_paused: "هذا المساعد في استراحة. عد لاحقًا من فضلك.", lost: "انقطع الاتصال. رسالتك محفوظة.",
  other: "حدث خطأ ما. حاول مرة أخرى من فضلك.",
};
const he = {
  send: "שליחה", stop: "עצירה", close: "סגירה", newChat: "שיחה חדשה", history: "שיחות קודמות", back: "חזרה", menu: "שיחה",
  placeholder: "כתבו הודעה…", hello: "איך אפשר לעזור?", you: "אתם", answer: "תשובה", thinking: "חושב…", loading: "טוען…",
  good: "תשובה טובה", bad: "תשובה לא טובה", comment: "מה היה שגוי? (לא חובה)", sendComment: "שליחה", thanks: "תודה.",
  sources: "מקורות", page: "עמוד", copy: "העתקה", copied: "הועתק", wants: "{name} מבקש לפעול בדף הזה", once: "לאפשר פעם אחת",
  always: "לאפשר תמיד", refuse: "סירוב", details: "הצגת מה שמועבר", working: "פועל בדף…", used: "נעשה שימוש ב־{name}",
  failedTool: "{name} לא הצליח", refusedTool: "{name} לא אושר", person: "יש כאן אדם", personNamed: "{name} כאן, אדם אמיתי", attach: "צירוף קובץ",
  uploading: "שולח את {name}…", again: "נסו שוב", noHistory: "אין עדיין שיחות קודמות.", untitled: "שיחה חדשה",
  ended: "השיחה הזאת הסתיימה.", offline: "אין חיבור לרשת. מה שתכתבו נשמר.", stopped: "נעצר.",
  latest: "מעבר לסוף", made: "התשובות באות ממחשב ועלולות להיות שגויות.", waitFor: "נסו שוב בעוד {seconds} שניות.",
  rate_limited: "זה היה הרבה בבת אחת. חכו רגע בבקשה.", budget_exhausted: "העוזר הגיע למגבלה שלו כרגע. חזרו מאוחר יותר.",
  origin_not_allowed: "אי אפשר להשתמש בעוזר הזה בדף הזה.", invalid_token: "העוזר הזה כבר לא זמין כאן.",
  app_paused: "העוזר הזה בהפסקה. חזרו מאוחר יותר.", lost: "החיבור נותק. ההודעה שלכם נשמרה.",
  other: "משהו השתבש. נסו שוב בבקשה.",
};
export const LANGUAGES = { en, de, fr, es, ar, he };
const RIGHT_TO_LEFT = ["ar", "he"];

/** Return the first of the languages that is known. */
export function languageOf(...wanted) {
  const known = wanted.map((one) => String(one || "").toLowerCase().split("-")[0]).find((code) => Object.hasOwn(LANGUAGES, code));
  return known ?? "en";
}

/** Return the direction of a language. */
export function directionOf(language) {
  return RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
}

/** Return what puts `{name}` and the like into a language's words. */
export function wordsIn(language) {
  const words = LANGUAGES[language];
  return (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** Return what is said about a refusal. */
export function troubleWords(say, { code, retryAfter = 0 }) {
  const known = {
    offline: "lost", interrupted: "stopped", price_unknown: "budget_exhausted", paused: "app_paused", account_suspended: "invalid_token",
  }[code] ?? code;
  const words = Object.hasOwn(LANGUAGES.en, known) ? say(known) : say("other");
  return retryAfter && code === "rate_limited" ? `${words} ${say("waitFor", { seconds: retryAfter })}` : words;
}
