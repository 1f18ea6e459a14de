/**
 * The words by which answers in a language say that the documentation does not tell. Each is a list of alternatives,
 * and of verbs and nouns only their beginnings.
 */
interface SilentWords {
  articles: string;
  /** The documentation as answers speak of it. */
  texts: string;
  /** "in", "by", where they are one word with their article as well */
  within: string;
  not: string;
  /** How far behind the verb that may stand, in words; 0: only in front of it. */
  reach: number;
  /** "describes", "is described" */
  tells: string;
  information: string;
  /** "there is" */
  there: string;
  /** Who answers: "I can", "I have". */
  self: string;
  /** "find", "answer" */
  finds: string;
}

const LANGUAGES: readonly SilentWords[] = [
  // German
  {
    articles: 'die|der|den|dem|das|diese[nrms]?|ihre[nr]?',
    texts: '\\p{L}*dokumentation|doku|dokumenten?|quellen|unterlagen|auszügen?|passagen?|abschnitten?|kontext',
    within: 'in|aus|von|mit|anhand',
    not: 'nicht|nichts|keine?[nrs]?|keinerlei',
    reach: 7,
    tells:
      'erwähn|beschr|behandel|erklär|erläuter|sag|steht|nenn|genannt|dokumentiert|angegeben|spezifi|enthalten|beantwort|hervor',
    information: 'information|angabe|hinweis|detail|einzelheit|erwähnung|anleitung|aussage|antwort|nichts',
    there: 'es (?:gibt|finden|liegen)',
    self: 'ich (?:kann|konnte|habe)|(?:kann|konnte|habe) ich',
    finds: 'beantwort|find|gefund|sag|bestätig|ermittel',
  },
  // French
  {
    articles: 'l[ae]s?|l|ces?|cette|votre',
    texts: 'documentations?|documents?|sources|passages?|extraits?|sections|contexte',
    within: 'dans|par|avec',
    not: 'pas|aucune?|rien',
    reach: 2,
    tells:
      'mentionn|précis|décri|indiqu|expliqu|abord|spécifi|trait|couvr|document|répon|dit|disent|parle|présent|figure',
    information: 'information|mention|détail|indication|précision|instruction|explication|réponse|rien',
    there: 'il n (?:y a|existe)',
    self: 'je (?:ne|n)',
    finds: 'trouv|répond|détermin|confirm|information',
  },
  // Spanish
  {
    articles: 'el|la|los|las|est[eao]s?|su',
    texts: 'documentación|documentos?|fuentes|pasajes?|fragmentos?|extractos?|secciones|contexto',
    within: 'en|por|con',
    not: 'no|nada|ningun[oa]?|ningún',
    reach: 0,
    tells: 'mencion|descri|especific|dice|indic|explic|aclar|detall|abord|cubr|document|respond|aparece|figura',
    information: 'información|mención|detalle|indicaci|instrucci|respuesta|nada',
    there: 'no hay|no existe',
    self: 'no (?:puedo|pude|he|encontré|encuentro|tengo|dispongo)',
    finds: 'respond|encontr|encuentr|determin|confirm|información',
  },
  // Italian
  {
    articles: 'la|il|i|gli|le|l|nell[ae]|ne[il]|quest[aei]|dall[ae]',
    texts: 'documentazione|documenti|fonti|passaggi|estratti|sezioni|contesto',
    within: 'in|nell[ae]|ne[il]|dall[ae]|con',
    not: 'non|nessun[oa]?|nulla|niente',
    reach: 0,
    tells: 'menzion|descri|specific|dice|dicono|indica|spieg|chiari|tratta|copre|document|rispond|presente|compare',
    information: 'informazion|menzione|dettagli|indicazion|istruzion|risposta|nulla|niente',
    there: 'non (?:ci sono|c è|vi sono|esistono)',
    self: 'non (?:ho|trovo|posso|riesco|sono riuscit)',
    finds: 'trov|rispond|determin|conferm|informazion',
  },
  // Portuguese
  {
    articles: '[ao]s?|n[ao]s?|est[ae]s?|nest[ae]s?|pel[ao]s?|sua',
    texts: 'documentação|documentos?|fontes|passagens|trechos?|seções|contexto',
    within: 'em|n[ao]s?|nest[ae]s?|pel[ao]s?|com',
    not: 'não|nada|nenhuma?',
    reach: 0,
    tells:
      'mencion|descre|descri|especific|diz|indic|explic|esclarec|abord|cobre|document|inform|respond|presente|aparece|consta',
    information: 'informaç|menção|detalhe|indicaç|instruç|resposta|nada',
    there: 'não (?:há|existe)',
    self: 'não (?:encontr|consegui|consigo|posso|tenho)',
    finds: 'encontr|respond|determin|confirm|informaç',
  },
  // Dutch
  {
    articles: 'de|het|deze|dit|uw|je|jouw',
    texts: '\\p{L}*documentatie|documenten|bronnen|passages?|fragmenten|secties|context',
    within: 'in|uit|door|met',
    not: 'niet|niets|geen',
    reach: 7,
    tells: 'vermeld|staa|noem|genoemd|beschr|zeg|specific|gespecific|gedocumenteerd|behandel|uitgelegd|beantwoord',
    information: 'informatie|vermelding|details|gegevens|aanwijzing|uitleg|antwoord|niets',
    there: 'er (?:is|staat|zijn|wordt)',
    self: 'ik (?:kan|kon|heb)|(?:kan|kon|heb) ik',
    finds: 'beantwoord|vind|gevonden|zeg|bepal|bevestig',
  },
];

/** What begins a clause of which the documentation may tell. */
const THAT = / (?:dass|daß|ob|wie|que|qu|qui|che|dat) .*/;
/** "Not only" denies nothing, nor does "no longer". */
const ONLY = '(?:nur|mehr|seulement|uniquement|plus|sólo|solo|solamente|soltanto|só|apenas|somente|alleen|meer)';
/**
 * Between what the documentation is not, and it: "the links of the documentation", "by the documentation, the server
 * gives no details".
 */
const OF =
  '(?:d[aeiou]s?|des?l?|dell[ae]|dei|von|van|für|pour|para|per|voor|laut|gemäß|selon|según|secondo|segundo|conforme|volgens) ';

const SILENCE = new RegExp(
  LANGUAGES.flatMap(({ articles, texts, within, not, reach, tells, information, there, self, finds }) => {
    const named = `(?:(?!${OF})\\S+ ){0,3}?(?:${texts}) `;
    const documentation = `(?:${articles}) ${named}`;
    const inDocumentation = `(?:${within}) (?:(?:${articles}) )?${named}`;
    const isNot = `(?:${not}) (?!${ONLY} )`;
    const before = `${isNot}(?:\\S+ ){0,3}?`;
    const noInformation = `${before}(?:${information})`;
    const behind = reach > 0 ? `|(?:${tells})\\S* (?:\\S+ ){0,${reach - 1}}?${isNot}` : '';
    const tellsNot = `(?:${before}(?:${tells})\\S* ${behind})`;
    return [
      // "The documentation does not say", "In the documentation there is no information"
      `(?:(?!${OF})\\S+ ){0,4}?(?:${documentation}|${inDocumentation}).*?(?:${tellsNot}|${noInformation})`,
      // "It is not mentioned in the documentation"
      `.*?(?:${inDocumentation}(?:\\S+ )*?${tellsNot}|${tellsNot}(?:\\S+ )*?${inDocumentation})(?:\\S+ )?$`,
      // "About that the documentation says nothing", as verbs stand in front of it in some languages
      ...(reach > 0 ? [`(?:\\S+ ){0,6}?(?:${tells})\\S* ${documentation}(?:\\S+ ){0,3}?${isNot}`] : []),
      // "There is no information about it in the documentation"
      `(?=.*?${noInformation})(?:${there}) .*?(?:${documentation}|${inDocumentation})`,
      // "I cannot find …", "By the documentation I cannot answer …"
      `(?=.*?${isNot})(?:\\S+ ){0,6}?(?:${self}).* (?:${finds})`,
    ].map((form) => `^${form}`);
  }).join('|'),
  'u',
);

/** 文件 is a file, unless it is one that somebody gave. */
const CHINESE_TEXTS = '(?:文档|(?:提供的?|给[出定]的?|上述)文件|资料|文献|来源|上下文|段落|摘录)';
const CHINESE_TOLD = '(?:信息|说明|内容|细节|答案|资料|描述|记载)';
const JAPANESE_TEXTS = '(?:ドキュメント|文書|資料|マニュアル|ソース|コンテキスト|抜粋)';
/** Of languages that put no spaces between words. */
const UNSPACED_SILENCE = new RegExp(
  [
    `.{0,16}?${CHINESE_TEXTS}.{0,12}?(?:没有?|未能?|并未)(?:明确|具体|直接)*(?:提及|提到|说明|描述|涉及|介绍|指出|讨论|解释|记载)`,
    `.{0,16}?${CHINESE_TEXTS}.{0,8}?(?:没有?|未|并未|不)(?:包含|提供|给出|包括|找到)?(?:任何|足够的?)?(?:(?:关于|有关|对).{1,40})?(?:相关|具体|详细|的)*${CHINESE_TOLD}`,
    `.{0,20}?(?:没有|未能?|无法|没能)(?:在.{0,16}?[中里])?找到.*${CHINESE_TOLD}`,
    '我?(?:无法|不能)(?:根据.{0,16})?(?:回答|确定|确认)',
    `.{0,40}?${JAPANESE_TEXTS}.*(?:記載|言及|説明|記述|情報|触れ|書か|含ま|見つか|見当た|判断|わか|分か).{0,4}?(?:ありません|いません|おりません|含まれ.{0,4}ません|見つかりません|見当たりません|できません|かりません|ない)(?:でした)?[\\P{L}]*$`,
    `.*(?:情報|記述|記載|説明|回答|ドキュメント).{0,4}(?:見つかりません|見つけられません|見当たりません)(?:でした)?[\\P{L}]*$`,
  ]
    .map((form) => `^${form}`)
    .join('|'),
  'u',
);

/** In characters: whoever does not know says it briefly. */
const LONGEST = 400;

/** Whether a statement in another language than English says no more than that the documentation does not tell. */
export function tellsOfSilenceElsewhere(statement: string): boolean {
  if (statement.length > LONGEST) return false;
  const words = `${statement
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()} `;
  // What it begins with may be what is not told: "Ob es das gibt, …".
  return SILENCE.test(words.replace(THAT, ' ')) || UNSPACED_SILENCE.test(statement);
}

/** "D'après la documentation, …", "Para HTTP/3, …" */
const SCOPE =
  /^(?:für|laut|bezüglich|basierend auf|auf (?:grundlage|basis)|pour|selon|d'après|concernant|en ce qui concerne|sur la base|dans|en|para|según|sobre|respecto|basándome en|con base en|per|secondo|in base|riguardo|com base|segundo|de acordo com|quanto|voor|volgens|op basis van) [^,;]{1,80},$|^(?:关于|对于|至于|根据|基于).{1,40}，$/i;

/** Whether a statement with a comma behind it only names what was looked at, or for. */
export const namesScopeElsewhere = (statement: string): boolean => SCOPE.test(statement);
