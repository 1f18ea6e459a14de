/*
 * Directives of reStructuredText and Sphinx by what readers of a page see of the lines below them: the alternatives of
 * a regular expression.
 */

/** These lines as they are written. */
export const CODE_DIRECTIVES =
  'code-block|code|sourcecode|parsed-literal|literalinclude|prompt|doctest|testcode|testoutput|ipython|highlight-block';

/** Something else that is made of them: HTML, a formula, a picture, links. */
export const RENDERED_DIRECTIVES = 'raw|math|graphviz|digraph|graph|mermaid|uml|toctree';

/** Nothing. */
export const INVISIBLE_DIRECTIVES =
  'highlight|include|meta|index|default-domain|default-role|role|contents|sectionauthor|codeauthor|moduleauthor';
