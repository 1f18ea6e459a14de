import type { ExampleOperation } from './platform/http/graphiql.js';
import { SAMPLE_QUESTION } from './sample-project.js';

/** One word, which a double click selects as a whole. */
const NO_ID = 'PASTE_AN_ID_HERE';

/** What GraphiQL opens with, a tab for each: the first one shows something at once, and what the next one needs. */
export const EXAMPLE_OPERATIONS: readonly ExampleOperation[] = [
  {
    query: `# Everything is documented: the book at the
# left, or Ctrl-Space in a query. Press the
# button to search the sample project, which
# is your oldest one. Next: the tab Ask.
query Search(
  $question: String = "${SAMPLE_QUESTION}"
) {
  projects(
    first: 1
    orderBy: { field: CREATED_AT, direction: ASC }
  ) {
    nodes {
      id
      name
      search(query: $question, topK: 5) {
        hits {
          score
          filePath
          chunk {
            url
            chunkText
          }
        }
      }
    }
  }
}
`,
  },
  {
    query: `# Asks a question. Paste the id of a project,
# which Search shows, into the variables below.
# The answer is still being written when this
# returns: to see it, go on to the tab Follow.
mutation Ask($projectId: ID!, $question: String!) {
  createConversation(
    input: { projectId: $projectId, message: $question }
  ) {
    assistantMessage {
      id
      status
    }
    userErrors {
      message
      field
    }
  }
}
`,
    variables: { projectId: NO_ID, question: SAMPLE_QUESTION },
  },
  {
    query: `# Follows an answer while it is written, to
# its end. Paste the id of an assistantMessage,
# which Ask shows, into the variables below.
subscription Follow($messageId: ID!) {
  answerEvents(messageId: $messageId) {
    __typename
    seq
    ... on AnswerSourcesFound {
      sources {
        index
        filePath
        url
      }
    }
    ... on AnswerDelta {
      offset
      text
    }
    ... on AnswerCitationFound {
      citation {
        sourceIndex
        verdict
        quote
      }
    }
    ... on AnswerEnded {
      message {
        content
        sources {
          index
          url
        }
      }
    }
  }
}
`,
    variables: { messageId: NO_ID },
  },
];
