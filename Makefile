# A courtesy: python3 focal.py does all of this without make. Arguments: make test ARGS="tests/respond -k late"
run demo test check bench lock doctor help:
	@python3 focal.py $@ $(ARGS)
.PHONY: run demo test check bench lock doctor help
