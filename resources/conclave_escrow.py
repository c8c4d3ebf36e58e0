"""CheckTick's side of storing survey keys with Conclave's sync. docs/checktick-patch.md says where
it is called. Python 3.8 or later, nothing to install. Safe to call again with the same arguments."""
import base64, contextlib, http.client, json, pathlib, secrets, ssl, time, urllib.parse
MOST = 100  # survey keys in one request

class NotStored(Exception):
    """Sync could not take them now, or not at all. The text says why; the user need not know."""

def new_unlock():
    """Names one occasion on which CheckTick has keys: draw it when a user signs in, keep it in his
    session. Sync takes the same key from another occasion as the verification of what is stored."""
    return secrets.token_urlsafe(24)

class EscrowClient:
    """`certificate` and `key`: PEM files of CheckTick's own certificate; or `token_file`. `ca`: PEM
    of the authority that signed sync's certificate. Plain http is for 127.0.0.1 only."""
    def __init__(self, url, ca=None, certificate=None, key=None, token_file=None, timeout=15):
        self.at, self.timeout, self.token_file = urllib.parse.urlsplit(url), timeout, token_file
        if self.at.scheme != "https" and self.at.hostname != "127.0.0.1":
            raise ValueError("survey keys go over https only")
        self.tls = ssl.create_default_context(cafile=ca)
        if certificate: self.tls.load_cert_chain(certificate, key)

    def store(self, unlock, survey_keys, attempts=3):
        """`survey_keys`: {(user id, survey id): 32 bytes}. Gives {(user id, survey id): answer}; its
        "status" is "stored", "proved" or "refused", and then "refusal" says why.
        Raises NotStored; what was stored before that stays, and the same call goes on."""
        items, answers = list(survey_keys.items()), {}
        for first in range(0, len(items), MOST):
            escrows = [{"userId": user, "surveyId": survey, "surveyKey": base64.b64encode(key).decode()}
                       for (user, survey), key in items[first : first + MOST]]
            body = json.dumps({"unlock": unlock, "escrows": escrows})
            for answer in self._post(body, attempts):
                answers[answer["userId"], answer["surveyId"]] = answer
        return answers

    def _post(self, body, attempts):
        for attempt in range(1, attempts + 1):
            try: status, said = self._once(body)
            except (OSError, http.client.HTTPException) as error: status, said = 503, {None: f"{error!r}"}
            if status == 200 and "escrows" in said: return said["escrows"]
            if status not in (200, 429, 502, 503) or attempt == attempts: break
            time.sleep(attempt)
        why = said.get(None, "that is no answer of sync")  # a proxy's page may repeat the request
        if {"title", "next", "code"} <= said.keys(): why = f'{said["title"]} {said["next"]} ({said["code"]})'
        raise NotStored(f"sync answered {status}: {why[:500]}")

    def _once(self, body):  # no redirects and no proxy: a key goes to sync and nowhere else
        headers = {"content-type": "application/json"}
        if self.token_file: headers["authorization"] = "Bearer " + pathlib.Path(self.token_file).read_text().strip()
        plain, where = self.at.scheme == "http", (self.at.hostname, self.at.port)
        line = (http.client.HTTPConnection(*where, timeout=self.timeout) if plain else
                http.client.HTTPSConnection(*where, timeout=self.timeout, context=self.tls))
        try:
            line.request("POST", "/v1/escrows", body, headers)
            answer, said = line.getresponse(), {}
            with contextlib.suppress(ValueError): said = json.loads(answer.read())
            return answer.status, said if isinstance(said, dict) else {}
        finally: line.close()
