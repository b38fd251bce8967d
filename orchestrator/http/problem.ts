// Errors on the wire: application/problem+json with the code of the one error table. Causes stay in the log.

import type { FastifyError, FastifyInstance, FastifyReply } from 'fastify'
import { asDetourError, DetourError, fail } from '#data/kernel'

/** Answers errors and unknown paths of the app as problems. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = asProblem(error, request.routeOptions.bodyLimit)
    if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
    return sendProblem(reply, problem)
  })
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, fail('HTTP_NOT_FOUND', { method: request.method, path: request.url })),
  )
}

/** Sends an error as a problem document. */
export function sendProblem(reply: FastifyReply, error: DetourError): FastifyReply {
  return reply
    .code(error.status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(
      JSON.stringify({
        type: `urn:detour:error:${error.code}`,
        title: error.code,
        status: error.status,
        detail: error.message,
        code: error.code,
        retryable: error.retryable,
        details: error.details,
      }),
    )
}

function asProblem(error: FastifyError, limit: number | undefined): DetourError {
  if (error instanceof DetourError) return error
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return fail('HTTP_BODY_TOO_LARGE', { limit })
  const isAsked = (error.statusCode ?? 500) < 500
  return isAsked ? fail('HTTP_BODY_INVALID', { reason: error.message }) : asDetourError(error)
}
