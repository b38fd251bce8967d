// Errors on the wire: application/problem+json with the code of the one error table. Causes stay in the log.

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { asDetourError, DetourError, fail } from '#data/kernel'
import type { App } from './parts.ts'

const type = 'application/problem+json'

/** The problem document, for the reference. */
const problem = Type.Object(
  {
    type: Type.String({ description: 'urn:detour:error:<code>' }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'what happened and what to do, in words' }),
    code: Type.String({ description: 'code of the error table' }),
    retryable: Type.Boolean({ description: 'whether the same request may succeed later' }),
    details: Type.Record(Type.String(), Type.Unknown()),
  },
  { $id: 'Problem' },
)

/** Answers of a route that went wrong: part of the schema of every route. */
export const problems = {
  '4xx': {
    description: 'The request cannot be answered; `code` says why.',
    content: { [type]: { schema: Type.Unsafe<string>({ $ref: 'Problem#' }) } },
  },
  '5xx': {
    description: 'Detour failed; `retryable` says whether to try again.',
    content: { [type]: { schema: Type.Unsafe<string>({ $ref: 'Problem#' }) } },
  },
}

/** Answers errors and unknown paths of the app as problems. */
export function answerProblems(app: App): void {
  app.addSchema(problem)
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const known = asProblem(error, request)
    if (known.status >= 500) request.log.error({ err: error, reqId: request.id }, 'request failed')
    return sendProblem(reply, known)
  })
  app.setNotFoundHandler((request, reply) => sendProblem(reply, notFound(request)))
}

/** The error of a path that does not exist. */
export function notFound(request: FastifyRequest): DetourError {
  return fail('HTTP_NOT_FOUND', { method: request.method, path: request.url.split('?')[0] })
}

/** Sends an error as a problem document. */
export function sendProblem(reply: FastifyReply, error: DetourError): FastifyReply {
  if (error.status === 503 && error.retryable) reply.header('retry-after', '1')
  return reply
    .code(error.status)
    .header('content-type', `${type}; charset=utf-8`)
    .serializer(String)
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

function asProblem(error: FastifyError, request: FastifyRequest): DetourError {
  if (error instanceof DetourError) return error
  if (error.validation !== undefined) return asInvalid(error)
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return fail('HTTP_BODY_TOO_LARGE', { limit: request.routeOptions.bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return fail('HTTP_MEDIA_TYPE_UNSUPPORTED', { type: request.headers['content-type'] })
    default: {
      const isAsked = (error.statusCode ?? 500) < 500
      return isAsked ? fail('HTTP_BODY_INVALID', { reason: error.message }) : asDetourError(error)
    }
  }
}

/** The error of input that a schema does not allow. @param validation what was found @param part of the request */
export function invalidInput(
  validation: FastifyError['validation'],
  part: 'body' | 'querystring',
): DetourError {
  return asInvalid({ validation, validationContext: part, message: 'is not valid' } as FastifyError)
}

/** What validation found, each with the field it is about. */
function asInvalid(error: FastifyError): DetourError {
  const errors = (error.validation ?? []).slice(0, 20).map(({ instancePath, message, params }) => {
    const more = params as {
      additionalProperty?: string
      missingProperty?: string
      allowedValues?: unknown[]
    }
    const inner = more.additionalProperty ?? more.missingProperty
    const field = `${instancePath}${inner === undefined ? '' : `/${inner}`}`
    if (more.additionalProperty !== undefined) return { field, reason: 'is not known here' }
    if (more.missingProperty !== undefined) return { field, reason: 'is missing' }
    if (more.allowedValues !== undefined)
      return { field, reason: `must be one of ${more.allowedValues.join(', ')}` }
    return { field, reason: message ?? 'is not valid' }
  })
  const part = error.validationContext ?? 'body'
  const [first] = errors
  const reason = `${part}${first?.field ?? ''} ${first?.reason ?? error.message}`
  return fail(part === 'body' ? 'HTTP_BODY_INVALID' : 'HTTP_QUERY_INVALID', { reason, in: part, errors })
}
