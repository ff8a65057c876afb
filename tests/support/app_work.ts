/**
 * Makes, fills, renames, reads, lists and removes, again and again, and writes down what each round
 * came to. What the dead daemon had in its hands may be done or not: a round that has had such an
 * error is left as it is.
 */
export const WORK = `
import errno, os, sys
folder, name, log = sys.argv[1], sys.argv[2], open(sys.argv[3], "w", buffering=1)
IN_FLIGHT = {errno.ECONNABORTED, errno.EBADF, errno.ESTALE}
text = "x" * 1000
def round(made):
    os.mkdir(made)
    with open(f"{made}/file", "w") as file: file.write(text)
    os.rename(f"{made}/file", f"{made}/moved")
    with open(f"{made}/moved") as file:
        if file.read() != text: return "wrong"
    if os.listdir(made) != ["moved"]: return "wrong"
    os.unlink(f"{made}/moved")
    os.rmdir(made)
    return "ok"
number = 0
while True:
    number += 1
    try: said = round(f"{folder}/{name}-{number}")
    except OSError as error:
        said = "in-flight" if error.errno in IN_FLIGHT else errno.errorcode[error.errno]
    log.write(said + "\\n")
`;
