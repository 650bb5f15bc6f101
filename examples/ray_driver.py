"""Run the tasks of a planned run on a Ray cluster: python ray_driver.py RUN [SHARES]

Plan first: decant plan fineweb -i '/data/crawl/*.warc.gz' --write /data/runs/crawl
All machines must see RUN and the inputs under the same paths, and have decant installed.
"""

import json
import subprocess
import sys

import ray

run, shares = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
tries = 5


@ray.remote(max_retries=0)
def task(pass_name, indices):
    codes = [subprocess.call(["decant", "task", run, "--pass", pass_name, "--task", str(index)]) for index in indices]
    return 64 if 64 in codes else max(codes, default=0)


def missing():
    return json.loads(subprocess.check_output(["decant", "missing", run, "--json"]))


ray.init()
left, before, tried = missing(), None, 0
while left["pass"] is not None:
    tried = tried + 1 if left == before else 1
    if tried > tries:
        sys.exit(f"pass {left['pass']}: {len(left['missing'])} tasks still fail after {tries} tries")
    indices = left["missing"]
    results = [task.remote(left["pass"], indices[k::shares]) for k in range(min(shares, len(indices)))]
    for result in results:
        try:
            if ray.get(result) == 64:
                sys.exit("no retry will help; see the output of decant task")
        except ray.exceptions.RayError as error:
            print(f"lost: {error}", file=sys.stderr)
    before, left = left, missing()
subprocess.check_call(["decant", "finish", run])
