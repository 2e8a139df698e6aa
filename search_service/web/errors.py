"""The one table from errors to HTTP codes; errors as problem details (API) or as pages (everything else)."""

import logging
from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as PlainResponse

from indexer.archive import ArchiveUnavailable
from search_service.api.problems import problem_response
from search_service.engines.contract import BadCursor, EngineUnavailable
from search_service.views.annotations import TextTooLong
from search_service.views.parameters import BadParameter, UnknownName

LOG = logging.getLogger(__name__)

STATUS_OF: dict[type[Exception], int] = {
    UnknownName: 404,
    BadParameter: 400,
    BadCursor: 400,
    TextTooLong: 413,
    EngineUnavailable: 503,
    ArchiveUnavailable: 503,
}
HEADINGS = {
    400: "这个请求读不懂",
    404: "这里没有内容",
    405: "这里不接受这种请求",
    413: "内容太长",
    415: "格式不对",
    500: "程序出错了",
    503: "暂时无法回答",
}
DETAILS = {
    404: "没有这个地址，可能是链接写错了或已经过时",
    405: "这个地址不接受 {method}，可用 {allowed}",
    413: "请求体太大，请分段提交",
    500: "这是程序的错误，不是您的；请稍后再试，若再次出现请告知维护者",
    503: "档案库暂时无法读取，请稍后再试",
}
CURSOR_DETAIL = "这个翻页标记不属于这次检索，请从第一页重新开始"
RETRY_AFTER = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a reader is told."""

    status: int
    detail: str
    parameter: str = ""

    @property
    def heading(self) -> str:
        """The headline of the page."""
        return HEADINGS.get(self.status, "请求没有完成")


def handle_errors(app: Flask) -> None:
    """Answers every error of the application; nothing but its sentence reaches a reader."""
    app.register_error_handler(Exception, _respond)


def _respond(error: Exception) -> PlainResponse:
    if isinstance(error, HTTPException) and error.code and error.code < 400:
        return error.get_response()
    failure = failure_of(error)
    if failure.status == 503:
        LOG.warning("%s %s: %s", request.method, request.path, error)
    elif failure.status >= 500:
        LOG.error("%s %s", request.method, request.path, exc_info=error)
    response = _rendered(failure)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    if failure.status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def _rendered(failure: Failure) -> Response:
    if request.path.startswith("/api/") or request.path == "/api":
        more = {"parameter": failure.parameter} if failure.parameter else {}
        return problem_response(failure.status, failure.detail, **more)
    return make_response(render_template("error.html", failure=failure), failure.status)


def failure_of(error: Exception) -> Failure:
    """Code and sentence of an error; what is not in the table is ours and says nothing of itself."""
    if isinstance(error, HTTPException):
        return _http_failure(error)
    for kind, status in STATUS_OF.items():
        if isinstance(error, kind):
            parameter = error.name if isinstance(error, BadParameter) else ""
            return Failure(status=status, detail=_detail(error, status), parameter=parameter)
    return Failure(status=500, detail=DETAILS[500])


def _detail(error: Exception, status: int) -> str:
    """A sentence for readers; engines speak to operators, in English."""
    if isinstance(error, BadCursor):
        return CURSOR_DETAIL
    return DETAILS[status] if status >= 500 else str(error)


def _http_failure(error: HTTPException) -> Failure:
    status = error.code or 500
    own_words = error.description if error.description != type(error).description else None
    allowed = "、".join(sorted(getattr(error, "valid_methods", None) or ()))
    known = DETAILS.get(status, "请求不合要求").format(method=request.method, allowed=allowed)
    return Failure(status=status, detail=own_words or known)
